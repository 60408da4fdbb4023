// The observer's knowledge of connect(2) calls: asks the main thread to listen when there is a suspicion, keeps what it
// heard, and counts the ports that are taken where none was left.
import type { Diag } from "../../kernel/diag.js";
import type { ConnectionsReading, PortUseReading } from "../../snapshot/connection.js";
import type { Snapshot } from "../../snapshot/snapshot.js";
import { createBudget } from "../pace.js";
import type { ConnectsHeard } from "./connect-watch.js";
import { readPortUse } from "./port-use.js";
import { openSuspicion } from "./suspicion.js";

type OutgoingReading = Pick<ConnectionsReading, "connectFailures" | "connectTimes" | "ports">;

export interface Outgoing {
  /** What the main thread told. */
  heard(heard: ConnectsHeard): void;
  /** For the next look at the sockets. */
  read(at: number): OutgoingReading;
  /** After a look of the reporting interval: how long the main thread should listen from now on, if at all. */
  wants(snapshot: Snapshot): number | undefined;
  close(): void;
}

export interface OutgoingOptions {
  readonly diag: Diag | undefined;
  /** The main thread listens all the time (`detail: "connections"`). */
  readonly always: boolean;
}

/** Longer than the pauses of most clients that try again. */
const listenMs = 30_000;
/** Asked again when less than this is left. */
const renewMs = 20_000;
/** Ports are counted for so many places, as often as one part in a hundred of the time allows. */
const portPlaces = 4;
const portsEveryMs = 3000;
const portsShare = 0.01;

export const createOutgoing = ({ diag, always }: OutgoingOptions): Outgoing => {
  const suspicion = always ? undefined : openSuspicion();
  const budget = createBudget(portsShare);
  // Nothing failed before anybody listened: the first failure heard is one more than none.
  let latest: ConnectsHeard = { failures: [] };
  let listensUntil = Number.NEGATIVE_INFINITY;
  let starved = 0;
  let ports: readonly PortUseReading[] | undefined;

  const withoutPort = () => latest.failures.filter(({ code }) => code === "EADDRNOTAVAIL");
  const countPorts = (at: number): void => {
    const total = withoutPort().reduce((sum, { count }) => sum + count, 0);
    if (!diag || total === starved || !budget.isDue(at, portsEveryMs)) return;
    starved = total;
    ports = budget.spend(at, () =>
      withoutPort()
        .slice(-portPlaces)
        .flatMap(({ address, port }) => {
          return address === undefined || port === undefined ? [] : (readPortUse(diag, address, port) ?? []);
        }),
    );
  };
  return {
    heard: (heard) => {
      latest = heard;
    },
    read(at) {
      countPorts(at);
      return { connectFailures: latest.failures, connectTimes: latest.times, ports };
    },
    wants(snapshot) {
      if (!suspicion?.consider(snapshot) || listensUntil - snapshot.at > renewMs) return undefined;
      listensUntil = snapshot.at + listenMs;
      return listenMs;
    },
    close: () => suspicion?.close(),
  };
};
