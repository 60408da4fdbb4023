// Between two looks of a quiet second only queues and loops are glanced at. When a glance shows trouble, the one
// before it becomes a snapshot after all, so that the explanation begins where the trouble did.
import type { ListenerReading, LoopReading, Snapshot, TaskReading } from "../snapshot/snapshot.js";

export interface Glance {
  readonly at: number;
  readonly time: number;
  readonly listeners: readonly ListenerReading[];
  readonly loops: readonly LoopReading[];
}

/**
 * The glance as a snapshot. What was not read then is taken from the look before, moved so far that no more time falls
 * between the glance and `later` than had passed.
 */
export const glanceSnapshot = (glance: Glance, earlier: Snapshot, later: Snapshot): Snapshot => {
  const ms = later.at - glance.at;
  const loops = glance.loops.map((loop) => {
    const of = (snapshot: Snapshot): TaskReading | undefined => snapshot.loops.find(({ id }) => id === loop.id)?.task;
    return { ...loop, task: taskBetween(of(earlier), of(later), ms) };
  });
  const { cpuQuota, observer } = earlier.process ?? {};
  const laterQuota = later.process?.cpuQuota;
  return {
    time: glance.time,
    at: glance.at,
    source: later.source,
    process: later.process && {
      pid: later.process.pid,
      cpuQuota: cpuQuota &&
        laterQuota && { ...laterQuota, throttledMs: between(cpuQuota.throttledMs, laterQuota.throttledMs, ms) },
      observer: taskBetween(observer, later.process.observer, ms),
    },
    sysctl: later.sysctl,
    loops,
    listeners: glance.listeners,
  };
};

const taskBetween = (
  earlier: TaskReading | undefined,
  later: TaskReading | undefined,
  ms: number,
): TaskReading | undefined =>
  earlier &&
  later && {
    state: earlier.state,
    cpuMs: betweenKnown(earlier.cpuMs, later.cpuMs, ms),
    runqueueMs: betweenKnown(earlier.runqueueMs, later.runqueueMs, ms),
  };

/** A cumulative time at a moment `ms` before `later`, known at both ends only. */
const between = (earlier: number, later: number, ms: number): number => Math.max(earlier, later - ms);
const betweenKnown = (earlier: number | undefined, later: number | undefined, ms: number): number | undefined =>
  earlier === undefined || later === undefined ? undefined : between(earlier, later, ms);
