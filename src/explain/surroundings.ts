// What happened between two snapshots to the process and the host as a whole (cgroup cpu.stat, /proc/stat, stops).
import type { Snapshot } from "../snapshot/snapshot.js";
import { delta } from "./delta.js";
import type { Thresholds } from "./thresholds.js";

/** The same for every listener of the process. */
export interface Surroundings {
  readonly fromAt: number;
  readonly at: number;
  readonly time: number;
  readonly ms: number;
  readonly outside: boolean;
  /** Time the process stood still as a whole. */
  readonly stoppedMs: number;
  readonly stoppedBy?: string | undefined;
  readonly throttledMs?: number | undefined;
  /** Stolen by the hypervisor, summed over `cpus`. */
  readonly stealMs?: number | undefined;
  readonly cpus: number;
}

const isStopped = (state: string | undefined): boolean => state === "T" || state === "t";

/** Lateness of the observer that neither throttling nor its own wait for a CPU explains. */
const gap = (before: Snapshot, after: Snapshot, throttledMs: number | undefined): number => {
  const late = after.process?.observerLateMs ?? 0;
  const waited = delta(before.process?.observer?.runqueueMs, after.process?.observer?.runqueueMs);
  return late - Math.max(waited ?? 0, throttledMs ?? 0);
};

/** The observer itself was busy: garbage collection in its own thread is no stop of the process. */
const wasObserverWorking = (before: Snapshot, after: Snapshot, ms: number): boolean =>
  (delta(before.process?.observer?.cpuMs, after.process?.observer?.cpuMs) ?? 0) >= ms / 2;

/** Whether some loop's thread worked through most of the time: then only the observer was held up. */
const wasWorking = (before: Snapshot, after: Snapshot, ms: number): boolean =>
  after.loops.some((loop) => {
    const earlier = before.loops.find(({ id }) => id === loop.id);
    return (delta(earlier?.task?.cpuMs, loop.task?.cpuMs) ?? 0) >= ms / 2;
  });

const stop = (before: Snapshot, after: Snapshot, ms: number, gapMs: number): [number, string | undefined] => {
  const seen = after.loops.find((loop) => isStopped(loop.task?.state));
  const earlier = before.loops.some((loop) => isStopped(loop.task?.state));
  if (seen) return [earlier ? ms : ms / 2, `state ${seen.task?.state}`];
  if (after.process?.frozen) return [before.process?.frozen ? ms : ms / 2, "cgroup frozen"];
  if (earlier) return [ms / 2, "state T"];
  if (gapMs > 0 && !wasWorking(before, after, ms) && !wasObserverWorking(before, after, gapMs))
    return [Math.min(gapMs, ms), "gap in the observer's clock"];
  return [0, undefined];
};

/** Compares two snapshots in everything that is not a listener's or a loop's own. */
export const surroundingsOf = (before: Snapshot, after: Snapshot, thresholds: Thresholds): Surroundings => {
  const ms = Math.max(0, after.at - before.at);
  const throttledMs = delta(before.process?.cpuQuota?.throttledMs, after.process?.cpuQuota?.throttledMs);
  const unexplained = gap(before, after, throttledMs);
  const [stoppedMs, stoppedBy] = stop(before, after, ms, unexplained >= thresholds.gapMs ? unexplained : 0);
  return {
    fromAt: before.at,
    at: after.at,
    time: after.time,
    ms,
    outside: after.source === "outside",
    stoppedMs,
    stoppedBy,
    throttledMs,
    stealMs: delta(before.host?.stealMs, after.host?.stealMs),
    cpus: after.host?.cpus ?? 1,
  };
};
