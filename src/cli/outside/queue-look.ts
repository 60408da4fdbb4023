// Who waits in the accept queues and how many handshakes are open. A dump walks the namespace's whole table of
// connections, so on a host with many it is taken less often.
import { createBudget } from "../../agent/pace.js";
import type { Diag } from "../../kernel/index.js";
import type { ListenerReading } from "../../snapshot/snapshot.js";
import { groupBy } from "./group-by.js";

/** What was seen of a port's queue at this look. */
export type QueueDetails = (port: number | undefined) => Pick<ListenerReading, "waiting" | "synRecv">;

/** The share of the time that the dumps may take, and on the long run. */
const share = 0.1;
const longRun = { share: 0.002, savedMs: 150 };

/** `handshakes`: also count half-open connections. Where two listeners share a port their queues cannot be told apart. */
export const createQueueLook = (
  diag: Diag,
): ((listeners: readonly ListenerReading[], handshakes: boolean) => QueueDetails) => {
  const budget = createBudget(share, longRun);
  return (listeners, handshakes) => {
    const at = performance.now();
    if (!budget.isDue(at, 0)) return () => ({});
    const byPort = groupBy(listeners, ({ port }) => port);
    const alone = [...byPort].flatMap(([port, rows]) => (port !== undefined && rows.length === 1 ? [port] : []));
    const queued = alone.filter((port) => (byPort.get(port)?.[0]?.length ?? 0) > 0);
    const { waiting, synRecv } = budget.spend(at, () => ({
      waiting: queued.length > 0 ? diag.waiting(queued) : undefined,
      synRecv: handshakes && alone.length > 0 ? diag.synRecv(alone) : undefined,
    }));
    return (port) => (port === undefined ? {} : { waiting: waiting?.get(port), synRecv: synRecv?.get(port) });
  };
};
