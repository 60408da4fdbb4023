// The snapshots of several processes at one moment as a single one: a view of a machine, or of the workers at a port.
import { placeOf } from "../../explain/format.js";
import type { Frame } from "../../export/frame/frame.js";
import type { ConnectionsReading } from "../../snapshot/connection.js";
import type { NetworkReading } from "../../snapshot/network.js";
import type { Snapshot } from "../../snapshot/snapshot.js";

const added = (looks: readonly ConnectionsReading[]): ConnectionsReading | undefined => {
  const [first] = looks;
  if (!first) return undefined;
  const counts: Record<string, number> = {};
  for (const look of looks)
    for (const [state, n] of Object.entries(look.counts)) counts[state] = (counts[state] ?? 0) + n;
  const sum = (of: (look: ConnectionsReading) => number): number => looks.reduce((all, look) => all + of(look), 0);
  return {
    rows: looks.flatMap(({ rows }) => rows),
    counts,
    read: sum(({ read }) => read),
    total: sum(({ total }) => total),
  };
};

/** A process is shown only where there is a single one. */
export const merged = (snapshots: readonly Snapshot[], network: NetworkReading | undefined): Snapshot => {
  const processes = snapshots.filter(({ process }) => process);
  const alone = processes.length === 1 ? processes[0] : undefined;
  return {
    ...(snapshots[0] ?? { time: Date.now(), at: performance.now(), source: "outside" }),
    process: alone?.process,
    loops: alone?.loops ?? [],
    listeners: snapshots.flatMap(({ listeners }) => listeners),
    connections: added(snapshots.flatMap(({ connections }) => connections ?? [])),
    network,
  };
};

/** Whose each row is, where there are several processes. */
export const withHolders = (frame: Frame, { listeners, connections }: Snapshot): Frame => {
  const places = new Map(listeners.map((listener) => [placeOf(listener), listener.pid]));
  const cookies = new Map((connections?.rows ?? []).map(({ cookie, pid }) => [String(cookie), pid]));
  return {
    ...frame,
    listeners: frame.listeners.map((row) => ({ ...row, pid: places.get(row.id) })),
    connections: frame.connections && {
      ...frame.connections,
      rows: frame.connections.rows.map((row) => ({ ...row, pid: cookies.get(row.id) })),
    },
  };
};
