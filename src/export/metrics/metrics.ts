// Everything that is measured, from looks, intervals and findings; put together when somebody asks. Pure but for what it
// remembers, and bounded.
import { delta } from "../../explain/delta.js";
import type { Finding } from "../../explain/finding.js";
import type { ClosesReading } from "../../snapshot/connection.js";
import { createHistogram } from "../../snapshot/histogram.js";
import type { LoopReading, Snapshot } from "../../snapshot/snapshot.js";
import { createConnectionSeries } from "./connection-series.js";
import { createFindingSeries } from "./finding-series.js";
import { createKernelSeries } from "./kernel-series.js";
import { createListenerSeries } from "./listener-series.js";
import { createLoopStalls } from "./loop-stalls.js";
import type { Labels, MetricFamily } from "./reading.js";
import { metricOf } from "./table.js";

export interface Metrics {
  /** Every look, also one that is no whole snapshot. */
  look(seen: Pick<Snapshot, "at" | "listeners" | "loops">): void;
  /** The snapshot that ends an interval. */
  interval(snapshot: Snapshot): void;
  finding(finding: Finding): void;
  /** Something that sockscope itself could not do. */
  failed(source: string, times?: number): void;
  /** As of the last interval, in the table's order; what was not read is absent. */
  collect(): readonly MetricFamily[];
}

export interface MetricsOptions {
  readonly version: string;
  readonly nodeVersion: string;
}

const millisecondsInSecond = 1000;

export const createMetrics = ({ version, nodeVersion }: MetricsOptions): Metrics => {
  const listeners = createListenerSeries();
  const connections = createConnectionSeries();
  const kernel = createKernelSeries();
  const findings = createFindingSeries();
  const stalls = createHistogram(metricOf("sockscope_event_loop_stall_seconds").bounds);
  const lookAtLoops = createLoopStalls((seconds) => stalls.add(seconds));
  const failures = new Map<string, number>([["look", 0]]);
  let accepting: ReadonlySet<number | undefined> = new Set();
  let last: Snapshot | undefined;
  let lookedAt = Number.NEGATIVE_INFINITY;

  const failed = (source: string, times = 1): void => {
    failures.set(source, (failures.get(source) ?? 0) + times);
  };
  const look: Metrics["look"] = (seen) => {
    lookedAt = seen.at;
    listeners.look(seen.at, seen.listeners);
    lookAtLoops(seen.at, seen.loops, (loop) => loop.main || accepting.has(loop.id));
  };
  const one = (labels: Labels, value: number | undefined): MetricFamily["points"] =>
    value === undefined ? [] : [{ labels, value }];

  return {
    look,
    failed,
    finding: findings.finding,
    interval(snapshot) {
      if (snapshot.at !== lookedAt) look(snapshot);
      const opened = delta(last?.counters?.PassiveOpens, snapshot.counters?.PassiveOpens);
      listeners.interval(passedOf(snapshot.connections?.closed), snapshot.alone && last?.alone ? opened : undefined);
      last = snapshot;
      accepting = new Set(snapshot.listeners.map(({ loop }) => loop));
      if (snapshot.connections) connections.interval(snapshot.connections);
      kernel.interval(snapshot);
      for (const { source } of snapshot.missing ?? []) failed(source);
    },
    collect() {
      if (!last) return [];
      const { process, self, loops, at } = last;
      const ownMs = process?.observer?.cpuMs;
      const seconds = ownMs === undefined ? undefined : (ownMs + (self?.answersMs ?? 0)) / millisecondsInSecond;
      const stallPoints = loops.some(isReadable) ? [{ labels: {}, histogram: stalls.read() }] : [];
      return [
        ...listeners.collect(at),
        ...connections.collect(),
        { name: "sockscope_event_loop_stall_seconds", points: stallPoints },
        ...kernel.collect(),
        ...findings.collect(),
        { name: "sockscope_self_seconds_total", points: one({}, seconds) },
        {
          name: "sockscope_self_failures_total",
          points: [...failures].map(([source, value]) => ({ labels: { source }, value })),
        },
        { name: "sockscope_build_info", points: one({ version, node_version: nodeVersion }, 1) },
      ];
    },
  };
};

/** Ends that found no room are taken to be as those that were told of: in a rush nearly all come and go at once. */
const passedOf = (closed: ClosesReading | undefined): Readonly<Record<string, number>> => {
  const { unmet = {}, count, lost } = closed ?? { count: 0, lost: 0 };
  const scale = count > 0 ? 1 + lost / count : 1;
  return Object.fromEntries(Object.entries(unmet).map(([port, n]) => [port, Math.round(n * scale)]));
};

const isReadable = ({ idleMs, iterations }: LoopReading): boolean => idleMs !== undefined && iterations !== undefined;
