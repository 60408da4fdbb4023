// The kernel's own counters as series: those of the network namespace as they are, softnet_stat's summed over CPUs, whose
// 32 bits wrap.
import { deltaU32 } from "../../explain/delta.js";
import type { NetworkCpu, SoftnetCpu } from "../../snapshot/network.js";
import { type Counters, counterNames, type Snapshot } from "../../snapshot/snapshot.js";
import type { MetricFamily, NumberPoint } from "./reading.js";

export interface KernelSeries {
  /** Once an interval. */
  interval(snapshot: Pick<Snapshot, "counters" | "network">): void;
  collect(): readonly MetricFamily[];
}

/** Columns by the word that the label `kind` has for them. */
const softnetKinds = {
  processed: "processed",
  dropped: "dropped",
  squeezed: "timeSqueeze",
  received_rps: "receivedRps",
  flow_limit: "flowLimitCount",
} as const satisfies Record<string, keyof SoftnetCpu>;

export const createKernelSeries = (): KernelSeries => {
  let counters: Counters | undefined;
  const cpus = new Map<number, SoftnetCpu>();
  const softnet = new Map<string, number>();

  const takeIn = ({ cpu, softnet: now }: NetworkCpu): void => {
    if (!now) return;
    const before = cpus.get(cpu);
    for (const [kind, column] of Object.entries(softnetKinds)) {
      const more = before ? deltaU32(before[column], now[column]) : now[column];
      if (more !== undefined) softnet.set(kind, (softnet.get(kind) ?? 0) + more);
    }
    cpus.set(cpu, now);
  };
  const netstat = (): readonly NumberPoint[] =>
    counterNames.flatMap((counter) => {
      const value = counters?.[counter];
      return value === undefined ? [] : [{ labels: { counter }, value }];
    });

  return {
    interval(snapshot) {
      counters = snapshot.counters ?? counters;
      for (const cpu of snapshot.network?.cpus ?? []) takeIn(cpu);
    },
    collect: () => [
      { name: "sockscope_netstat_total", points: netstat() },
      { name: "sockscope_softnet_total", points: [...softnet].map(([kind, value]) => ({ labels: { kind }, value })) },
    ],
  };
};
