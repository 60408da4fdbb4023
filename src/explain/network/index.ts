// From readings below the sockets to findings: what moved between two of them, the rules, the tolls.
import type { NetworkReading } from "../../snapshot/network.js";
import { type CounterName, type Counters, counterNames } from "../../snapshot/snapshot.js";
import type { Beside, BesideSymptom } from "../symptoms/beside.js";
import { shorten } from "../wording.js";
import { collapsedSndbufBytes } from "./memory-short.js";
import { memoryPressure } from "./memory-pressure.js";
import { packetsDropped } from "./packets-dropped.js";
import { softirqSqueezed } from "./softirq-squeezed.js";
import type { NetworkRule, NetworkVerdict } from "./step.js";

export const networkRules: readonly NetworkRule[] = [packetsDropped, softirqSqueezed, memoryPressure];

/** A finding outlives this many readings without evidence, which come at most so far apart while something is wrong. */
const quietReadings = 3;
const mostPauseMs = 2000;

const added = (sum: Counters, more: Counters): Counters => {
  const out: Partial<Record<CounterName, number>> = { ...sum };
  for (const name of counterNames) {
    const by = more[name];
    if (by !== undefined) out[name] = (out[name] ?? 0) + by;
  }
  return out;
};

interface Last {
  readonly reading: NetworkReading;
  readonly at: number;
}

export const createNetwork = (): BesideSymptom => {
  const tolls = new Map<string, number>();
  let last: Last | undefined;
  let moved: Counters = {};
  let collapsed = 0;

  const report = (verdict: NetworkVerdict, ms: number, { around, thresholds, lifecycle }: Beside): void => {
    const { key, symptom, cause, severity, confidence, subject, tell } = verdict;
    const total = verdict.toll + ((lifecycle.has(key) && tolls.get(key)) || 0);
    tolls.set(key, total);
    const compose = () => {
      const { summary, ...told } = tell(total);
      return { symptom, cause, severity, confidence, subject, summary: shorten(summary), ...told };
    };
    const face = { symptom, cause, severity, stack: false, toll: total };
    const quietMs = Math.max(thresholds.resolveMs, quietReadings * Math.min(ms, mostPauseMs));
    lifecycle.report(key, { face, compose, quietMs, subject, evidence: true }, around.at, around.time);
  };

  return {
    observe: (beside) => {
      const { snapshot, around, thresholds, lifecycle } = beside;
      moved = added(moved, beside.moved);
      if (snapshot.connections)
        collapsed = snapshot.connections.rows.filter(
          ({ transport, mem }) =>
            transport === "tcp" && mem?.sndbuf !== undefined && mem.sndbuf <= collapsedSndbufBytes,
        ).length;
      const after = snapshot.network;
      if (!after) return;
      const pid = snapshot.process?.pid;
      const before = last;
      last = { reading: after, at: around.at };
      const since = moved;
      moved = {};
      if (!before) return;
      const ms = around.at - before.at;
      const step = { before: before.reading, after, ms, moved: since, pid, collapsed, thresholds };
      for (const rule of networkRules) for (const verdict of rule(step)) report(verdict, ms, beside);
      for (const key of tolls.keys()) if (!lifecycle.has(key)) tolls.delete(key);
    },
  };
};
