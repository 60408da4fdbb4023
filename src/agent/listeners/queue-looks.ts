// Looks into the queues themselves by sock_diag: who waits for accept, who is in SYN_RECV. A dump walks the
// namespace's whole table, so it may take a tenth of the time at most, and only while somebody waits.
import type { Diag } from "../../kernel/diag.js";
import type { ListenerReading, WaitingReading } from "../../snapshot/snapshot.js";
import { createBudget } from "../pace.js";

export interface QueueLooks {
  /** Adds `waiting` and `synRecv` to the listeners that have something to show. `handshakes`: also half-open
   * connections. */
  look(at: number, listeners: readonly ListenerReading[], handshakes: boolean): readonly ListenerReading[];
}

const dumpShare = 0.1;
/** Of each of the two kinds. On a small host it is never felt; among 200,000 sockets it is three dumps, then one in seconds. */
const longRun = { share: 0.004, savedMs: 100 };
/** Residents are followed in steps of this; half-open connections change slower and mean less. */
const waitingMs = 20;
const synRecvMs = 200;

export const createQueueLooks = (diag: Diag): QueueLooks => {
  const waitingBudget = createBudget(dumpShare / 2, longRun);
  const synRecvBudget = createBudget(dumpShare / 2, longRun);

  const residents = (at: number, ports: readonly number[]): ReadonlyMap<number, WaitingReading> | undefined => {
    if (ports.length === 0 || !waitingBudget.isDue(at, waitingMs)) return undefined;
    return waitingBudget.spend(at, () => diag.waiting(ports));
  };
  const halfOpen = (at: number, ports: readonly number[]): ReadonlyMap<number, number> | undefined => {
    if (ports.length === 0 || !synRecvBudget.isDue(at, synRecvMs)) return undefined;
    return synRecvBudget.spend(at, () => diag.synRecv(ports));
  };

  return {
    look(at, listeners, handshakes) {
      const waiting = residents(at, portsOf(listeners.filter(({ length }) => length > 0)));
      const synRecv = handshakes ? halfOpen(at, portsOf(listeners)) : undefined;
      if (!waiting && !synRecv) return listeners;
      return listeners.map((listener) => {
        const { port, length } = listener;
        if (port === undefined) return listener;
        return {
          ...listener,
          waiting: length > 0 && isAlone(listener, listeners) ? waiting?.get(port) : undefined,
          synRecv: synRecv && (synRecv.get(port) ?? 0),
        };
      });
    },
  };
};

const portsOf = (listeners: readonly ListenerReading[]): number[] => [
  ...new Set(listeners.flatMap(({ port }) => (port === undefined ? [] : [port]))),
];

// Residents name their port, not their listener: of SO_REUSEPORT members, or of two addresses with one port, nobody
// can tell whose they are. Where only one of them has a queue, they are its.
const isAlone = (listener: ListenerReading, listeners: readonly ListenerReading[]): boolean =>
  !listeners.some((other) => other !== listener && other.port === listener.port && other.length > 0);
