// What moved below the sockets between two readings of the same namespace. Pure.
import type { NetworkInterface, NetworkReading } from "../../snapshot/network.js";
import { type CpuShares, cpuShares } from "../../snapshot/cpu-shares.js";
import type { Counters } from "../../snapshot/snapshot.js";
import { delta, deltaU32 } from "../delta.js";
import type { Cause, Evidence, RuledOut, Severity, Subject } from "../finding.js";
import type { Thresholds } from "../thresholds.js";

/** Two readings of the same namespace. */
export interface NetworkWindow {
  readonly before: NetworkReading;
  readonly after: NetworkReading;
}

export interface NetworkStep extends NetworkWindow {
  /** Time between the two. */
  readonly ms: number;
  /** What the namespace's counters moved by meanwhile. */
  readonly moved: Counters;
  readonly pid?: number | undefined;
  /** Own sockets whose send buffer has fallen to the least there is, of those that were looked at. */
  readonly collapsed: number;
  readonly thresholds: Thresholds;
}

/** What a rule says of one window. */
export interface NetworkVerdict {
  /** The same fault in the next window has the same key. */
  readonly key: string;
  readonly symptom: "packets-dropped" | "softirq-squeezed" | "memory-pressure";
  readonly cause: Cause;
  readonly severity: Severity;
  readonly confidence: number;
  readonly subject: Subject;
  /** What this window adds to the toll. */
  readonly toll: number;
  /** `total`: the toll of all windows so far. */
  readonly tell: (total: number) => Told;
}

export interface Told {
  readonly summary: string;
  readonly evidence: readonly Evidence[];
  readonly ruledOut: readonly RuledOut[];
  readonly remedy: readonly string[];
}

export type NetworkRule = (step: NetworkStep) => readonly NetworkVerdict[];

export interface CpuStep {
  readonly cpu: number;
  readonly processed: number;
  readonly dropped: number;
  readonly squeezes: number;
  /** Packets in its backlog at both looks, the fewer of the two. */
  readonly standing: number;
  readonly shares?: CpuShares | undefined;
}

/** Each CPU that has a softnet line in both readings. */
export const cpuStepsOf = ({ before, after }: NetworkWindow): readonly CpuStep[] => {
  const times = (reading: NetworkReading) => reading.cpus.flatMap(({ time }) => time ?? []);
  const shares = cpuShares(times(before), times(after));
  return after.cpus.flatMap(({ cpu, softnet: now }) => {
    const then = before.cpus.find((one) => one.cpu === cpu)?.softnet;
    if (!then || !now) return [];
    return [
      {
        cpu,
        processed: deltaU32(then.processed, now.processed) ?? 0,
        dropped: deltaU32(then.dropped, now.dropped) ?? 0,
        squeezes: deltaU32(then.timeSqueeze, now.timeSqueeze) ?? 0,
        standing: Math.min(then.softnetBacklogLength ?? 0, now.softnetBacklogLength ?? 0),
        shares: shares.find((share) => share.cpu === cpu),
      },
    ];
  });
};

export interface NicStep {
  readonly earlier: NetworkInterface;
  readonly now: NetworkInterface;
}

/** Each interface that is in both readings. */
export const nicStepsOf = ({ before, after }: NetworkWindow): readonly NicStep[] =>
  after.nics.flatMap((now) => {
    const earlier = before.nics.find(({ name }) => name === now.name);
    return earlier ? [{ earlier, now }] : [];
  });

/** What a statistic of an interface moved by; 0 where it is absent. */
export const movedBy = ({ earlier, now }: NicStep, name: "rx_packets" | "rx_dropped"): number =>
  delta(Number(earlier.statistics[name] ?? 0), Number(now.statistics[name] ?? 0)) ?? 0;

/** `0.4 %`, `12 %`: loss is told in small parts. */
export const partOf = (share: number): string =>
  `${share < 0.1 ? Math.max(0.1, Math.round(share * 1000) / 10) : Math.round(share * 100)} %`;

/** The next power of two. */
export const powerOfTwo = (n: number): number => 2 ** Math.ceil(Math.log2(Math.max(1, n)));

/** Without a value there is no row. */
export const row = (
  name: string,
  value: Evidence["value"] | undefined,
  unit: string,
  source: string,
): readonly Evidence[] => (value === undefined ? [] : [{ name, value, unit, source }]);

/** Why a setting of the host has no figure here. */
export const notShown = "not shown in this network namespace";

/** Evidence of a memory limit that presses: what the send buffers of own sockets have fallen to. */
export const collapsedRow = ({ collapsed }: NetworkStep): readonly Evidence[] =>
  row("send buffers fallen to 4608 bytes", collapsed || undefined, "sockets", "SO_MEMINFO sndbuf, sockets looked at");
