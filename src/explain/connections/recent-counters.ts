// What the network namespace's counters moved by lately: they are not read with every look at sockets.
import type { CounterName, Counters } from "../../snapshot/snapshot.js";

/** As long as the window over which sockets are judged, and one look. */
const keptMs = 3000;
const names: readonly CounterName[] = [
  "RcvPruned",
  "TCPRcvQDrop",
  "TCPMemoryPressures",
  "TCPAbortOnClose",
  "TCPAbortOnData",
];

export interface RecentCounters {
  add(moved: Counters, at: number): void;
  sum(): Counters;
}

export const createRecentCounters = (): RecentCounters => {
  let kept: readonly { readonly at: number; readonly moved: Counters }[] = [];
  return {
    add: (moved, at) => {
      kept = kept.filter((one) => at - one.at <= keptMs);
      if (names.some((name) => (moved[name] ?? 0) > 0)) kept = [...kept, { at, moved }];
    },
    sum: () => {
      const total = (name: CounterName): number => kept.reduce((sum, { moved }) => sum + (moved[name] ?? 0), 0);
      return kept.length === 0 ? {} : Object.fromEntries(names.map((name) => [name, total(name)]));
    },
  };
};
