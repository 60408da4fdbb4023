// The network namespace's counters and settings, as far as they have been read (/proc/net/netstat, snmp, sysctl).
import { type CounterName, type Counters, counterNames, type Snapshot, type Sysctls } from "../snapshot/snapshot.js";
import { delta } from "./delta.js";

export interface Netns {
  /** The last counters read, and when. */
  readonly counters?: Counters | undefined;
  /** The last counters read before this snapshot. */
  readonly before?: Counters | undefined;
  /** This snapshot brought counters. */
  readonly fresh: boolean;
  readonly sysctl: Sysctls;
}

export const unreadNetns: Netns = { fresh: false, sysctl: {} };

/** Folds one snapshot in. */
export const foldNetns = (netns: Netns, { counters, sysctl }: Snapshot): Netns => ({
  counters: counters ?? netns.counters,
  before: netns.counters,
  fresh: counters !== undefined,
  sysctl: sysctl ?? netns.sysctl,
});

/** Differences of every counter that both have. */
export const counterDelta = (before: Counters | undefined, after: Counters | undefined): Counters => {
  const out: Partial<Record<CounterName, number>> = {};
  for (const name of counterNames) {
    const difference = delta(before?.[name], after?.[name]);
    if (difference !== undefined) out[name] = difference;
  }
  return out;
};

/** What moved since the last reading; empty where this snapshot brought none or it was the first. */
export const moved = ({ before, counters, fresh }: Netns): Counters => (fresh ? counterDelta(before, counters) : {});

/** The SYN repeats that come a second apart, taken to be the clients' as well: 4 since Linux 6.5, 0 before. */
export const linearTimeouts = ({ sysctl }: Netns): number =>
  sysctl.tcp_syn_linear_timeouts ?? (Object.keys(sysctl).length === 0 ? 4 : 0);
