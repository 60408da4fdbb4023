// How a loop has been going: how long its present iteration has lasted, how long it has been without idle time.
import type { LoopStep } from "./loop-step.js";
import type { Thresholds } from "./thresholds.js";

export interface LoopRun {
  /** The present iteration so far; 0 when the loop turned or slept since the last snapshot. */
  readonly stallMs: number;
  readonly stallCpuMs?: number | undefined;
  /** Of it, ready to run while others had the CPU, as far as that can be told at once. */
  readonly stallWithheldMs?: number | undefined;
  /** Where the thread slept in it, when it did. */
  readonly stallWchan?: string | undefined;
  /** The iteration that ended in this step, estimated between the looks; else 0. */
  readonly endedMs: number;
  readonly endedCpuMs?: number | undefined;
  /** How long the loop has been turning with hardly any idle time. */
  readonly busyMs: number;
  readonly busyIdleMs: number;
  /** The busy part of the step before that a stall which shows now may have begun in. */
  readonly leadMs: number;
}

export const atRest: LoopRun = { stallMs: 0, endedMs: 0, busyMs: 0, busyIdleMs: 0, leadMs: 0 };

/** A step with this much idle time ends a busy run at once, however long it was. */
const pauseShare = 0.5;

const busyRun = (
  run: LoopRun,
  step: LoopStep,
  ms: number,
  idleShare: number,
): { busyMs: number; busyIdleMs: number } => {
  const idle = step.idleMs ?? (step.motion === "idle" ? ms : 0);
  const busyMs = run.busyMs + ms;
  const busyIdleMs = run.busyIdleMs + idle;
  const ended = step.motion === undefined || idle >= ms * pauseShare || busyIdleMs > idleShare * Math.max(busyMs, 200);
  return ended ? { busyMs: 0, busyIdleMs: 0 } : { busyMs, busyIdleMs };
};

/** Folds one step in. */
export const foldRun = (run: LoopRun, step: LoopStep, ms: number, thresholds: Thresholds): LoopRun => {
  const busy = busyRun(run, step, ms, thresholds.saturatedIdleShare);
  if (step.motion === "still") {
    const begun = run.stallMs > 0 ? run.stallMs : run.leadMs;
    return {
      ...busy,
      stallMs: begun + ms,
      stallCpuMs: step.cpuMs === undefined ? run.stallCpuMs : (run.stallCpuMs ?? 0) + step.cpuMs,
      stallWithheldMs: (run.stallWithheldMs ?? 0) + step.withheldMs,
      stallWchan: step.state === "R" ? run.stallWchan : (step.wchan ?? run.stallWchan),
      endedMs: 0,
      leadMs: 0,
    };
  }
  // Busy time shared among the iterations that ended and the one that did not: what belongs to a stall next to it.
  const tail = step.motion === undefined ? 0 : Math.max(0, ms - (step.idleMs ?? ms)) / ((step.iterations ?? 0) + 1);
  const ended = run.stallMs > 0 && step.motion !== undefined;
  return {
    ...busy,
    stallMs: 0,
    endedMs: ended ? run.stallMs + tail : 0,
    endedCpuMs: ended ? run.stallCpuMs : undefined,
    stallWithheldMs: ended ? run.stallWithheldMs : undefined,
    stallWchan: ended ? run.stallWchan : undefined,
    leadMs: tail,
  };
};
