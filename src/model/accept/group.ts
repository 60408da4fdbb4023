// The listeners of a port: one, or a SO_REUSEPORT group, each with queues of its own; a client's address decides which
// of them its segments reach (net/core/sock_reuseport.c, reuseport_select_sock).
import { createCounters, type ModelCounters } from "../counters.js";
import type { Engine } from "../engine.js";
import { createListener, type Listener, type ListenerOptions } from "./listener.js";
import { createLedger, type Ledger } from "./memory.js";

export interface Group {
  readonly listeners: readonly Listener[];
  /** Of the network namespace: shared by the members. */
  readonly counters: ModelCounters;
  readonly memory: Ledger;
  /** The member for the next client that comes. */
  next(): Listener;
  readonly acceptQueue: () => number;
  readonly synQueue: () => number;
  readonly admitted: () => number;
  readonly accepted: () => number;
  readonly drops: () => number;
  /** The longest that a member's queue has been. */
  readonly peak: () => number;
}

interface Options extends Omit<ListenerOptions, "counters" | "memory" | "nextSerial"> {
  readonly engine: Engine;
  readonly members: number;
  /** Members for the first clients, in the order in which they come; then the hash is drawn. */
  readonly hashed: readonly number[];
}

export function createGroup({ members, hashed, ...options }: Options): Group {
  const { engine } = options;
  const counters = createCounters();
  const memory = createLedger();
  let connections = 0;
  const nextSerial = (): number => {
    connections += 1;
    return connections;
  };
  const listeners = Array.from({ length: members }, () => createListener({ ...options, counters, memory, nextSerial }));
  const sum = (countOf: (listener: Listener) => number): number => {
    let total = 0;
    for (const listener of listeners) total += countOf(listener);
    return total;
  };
  let clients = 0;
  return {
    listeners,
    counters,
    memory,
    next: () => {
      const told = hashed[clients];
      clients += 1;
      if (members === 1) return listeners[0]!;
      return listeners[told ?? Math.floor(engine.random() * members)]!;
    },
    acceptQueue: () => sum(({ acceptQueue }) => acceptQueue.length()),
    synQueue: () => sum(({ synQueueLength }) => synQueueLength()),
    admitted: () => sum(({ stats }) => stats.admitted),
    accepted: () => sum(({ stats }) => stats.accepted),
    drops: () => sum(({ stats }) => stats.drops),
    peak: () => Math.max(...listeners.map(({ acceptQueue }) => acceptQueue.peak())),
  };
}
