// What a listener's event loop did between two snapshots, from libuv's idle time and iteration count, or, where
// those cannot be seen (another process), from its thread's state, CPU time and sleeping place.
import type { ListenerReading, LoopReading, Snapshot } from "../snapshot/snapshot.js";
import { delta } from "./delta.js";

/** turned: finished an iteration; idle: slept in epoll_wait; still: neither; undefined: cannot be told. */
export type Motion = "turned" | "idle" | "still" | undefined;

export interface LoopStep {
  readonly motion: Motion;
  readonly seen: boolean;
  readonly id?: number | undefined;
  readonly idleMs?: number | undefined;
  readonly iterations?: number | undefined;
  readonly cpuMs?: number | undefined;
  readonly runqueueMs?: number | undefined;
  /** Ready to run and not running, told by the state: the kernel adds a wait to run_delay only when it ends. */
  readonly runnableMs: number;
  /** Wanted a CPU and had none, as far as it can be told at once: by whom, the kernel's counters say up to a period later. */
  readonly withheldMs: number;
  readonly state?: string | undefined;
  readonly wchan?: string | undefined;
}

/** The loop that accepts for a listener: the named one, else the only one, else the main one. */
export const loopOf = (snapshot: Snapshot, listener: ListenerReading): LoopReading | undefined => {
  const { loops } = snapshot;
  if (listener.loop !== undefined) return loops.find(({ id }) => id === listener.loop);
  return loops.length === 1 ? loops[0] : loops.find(({ main }) => main);
};

const isPoll = (wchan: string | undefined): boolean => wchan !== undefined && /ep_poll|epoll/.test(wchan);
const isAsleep = (state: string | undefined): boolean => state === "S" || state === "D" || state === "I";

/** Motion by libuv's own figures. */
const byLoop = (iterations: number | undefined, idleMs: number | undefined, ms: number): Motion => {
  if (iterations !== undefined && iterations > 0) return "turned";
  if (idleMs !== undefined && idleMs > Math.min(1, ms / 10)) return "idle";
  return iterations !== undefined && idleMs !== undefined ? "still" : undefined;
};

/** Motion by the thread and by whether anybody left the queue: libuv accepts one connection an iteration. */
const byTask = (step: Omit<LoopStep, "motion">, ms: number, headKept: boolean | undefined): Motion => {
  if (headKept === false) return "turned";
  const busy = step.state === "R" || (step.cpuMs ?? 0) > ms / 2;
  if (!busy && isAsleep(step.state) && isPoll(step.wchan)) return "idle";
  const elsewhere = isAsleep(step.state) && step.wchan !== undefined && step.wchan !== "0" && step.wchan !== "";
  const stopped = step.state === "T" || step.state === "t";
  // Without any CPU time it is the same sleep as before: also where nobody can be seen waiting (unix listeners).
  if (elsewhere && step.cpuMs === 0) return "still";
  return headKept === true && (busy || elsewhere || stopped) ? "still" : undefined;
};

/** Compares a loop's two readings. `headKept`: whether the oldest waiting connection is still the same. */
export const loopStepOf = (
  before: LoopReading | undefined,
  after: LoopReading | undefined,
  ms: number,
  headKept: boolean | undefined,
): LoopStep => {
  const iterations = delta(before?.iterations, after?.iterations);
  const idleMs = delta(before?.idleMs, after?.idleMs);
  const cpuMs = delta(before?.task?.cpuMs, after?.task?.cpuMs);
  const runqueueMs = delta(before?.task?.runqueueMs, after?.task?.runqueueMs);
  const awake = after?.task?.state === "R" && before?.task?.state === "R" && cpuMs !== undefined;
  const ready = awake && cpuMs < ms * 0.2;
  const step = {
    seen: after !== undefined,
    id: after?.id,
    idleMs,
    iterations,
    cpuMs,
    runqueueMs,
    runnableMs: ready ? Math.max(0, ms - cpuMs - (idleMs ?? 0)) : 0,
    withheldMs: awake ? Math.max(0, ms - cpuMs - (idleMs ?? 0)) : Math.min(ms, runqueueMs ?? 0),
    state: after?.task?.state,
    wchan: after?.task?.wchan,
  };
  return { ...step, motion: byLoop(iterations, idleMs, ms) ?? byTask(step, ms, headKept) };
};
