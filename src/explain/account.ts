// The sums over a stretch of time in which a queue was pressed, or in which somebody waited in it.
import { add } from "./delta.js";
import type { ListenerStep } from "./listener-step.js";
import type { LoopRun } from "./loop-run.js";
import type { Thresholds } from "./thresholds.js";

export interface Account {
  /** Time covered: every step in which it held at either end. */
  readonly ms: number;
  readonly pressedMs: number;
  readonly fullMs: number;
  readonly drops: number;
  readonly peak: number;
  readonly accepts: number;
  /** Arrivals that were let in: accepts plus what the queue grew by. */
  readonly admitted: number;
  readonly stoppedMs: number;
  readonly stoppedBy?: string | undefined;
  readonly throttledMs?: number | undefined;
  readonly runqueueMs?: number | undefined;
  readonly runnableMs: number;
  readonly withheldMs: number;
  readonly stealMs?: number | undefined;
  /** Steal that the loop's thread felt, as far as that can be told. */
  readonly stolenMs?: number | undefined;
  readonly cpuMs?: number | undefined;
  readonly idleMs?: number | undefined;
  readonly iterations?: number | undefined;
  /** Time in which it cannot be told what the loop did. */
  readonly unseenMs: number;
  /** Steps seen asleep in epoll_wait (from outside, where idle time cannot be read). */
  readonly restMs: number;
  readonly longestStallMs: number;
  readonly longestStallCpuMs?: number | undefined;
  readonly longestStallWithheldMs?: number | undefined;
  readonly longestStallWchan?: string | undefined;
  /** Ended iterations of at least `blockedMs`, added up, and the one that is not over. */
  readonly longStallsMs: number;
  readonly openStallMs: number;
  readonly longestBusyMs: number;
}

export const emptyAccount: Account = {
  ms: 0,
  pressedMs: 0,
  fullMs: 0,
  drops: 0,
  peak: 0,
  accepts: 0,
  admitted: 0,
  stoppedMs: 0,
  runnableMs: 0,
  withheldMs: 0,
  unseenMs: 0,
  restMs: 0,
  longestStallMs: 0,
  longStallsMs: 0,
  openStallMs: 0,
  longestBusyMs: 0,
};

/** Steal is counted per CPU: the thread lost at most what it neither ran, waited for, nor slept. */
const stolen = ({ around, loop, ms }: ListenerStep): number | undefined => {
  if (around.stealMs === undefined) return undefined;
  const average = around.stealMs / Math.max(1, around.cpus);
  if (loop.state !== "R" || loop.cpuMs === undefined) return Math.min(ms, average);
  const lost = Math.max(0, ms - (loop.idleMs ?? 0) - loop.cpuMs - (loop.runqueueMs ?? 0));
  return Math.min(ms, around.stealMs, Math.max(average, lost));
};

const longest = (account: Account, run: LoopRun): Partial<Account> => {
  const stallMs = Math.max(run.stallMs, run.endedMs);
  return stallMs <= account.longestStallMs
    ? {}
    : {
        longestStallMs: stallMs,
        longestStallCpuMs: run.endedMs > 0 ? run.endedCpuMs : run.stallCpuMs,
        longestStallWithheldMs: run.stallWithheldMs,
        longestStallWchan: run.stallWchan,
      };
};

/** Folds one step in. */
export const fold = (account: Account, step: ListenerStep, run: LoopRun, thresholds: Thresholds): Account => {
  const { around, loop } = step;
  return {
    ...account,
    ms: account.ms + step.ms,
    pressedMs: account.pressedMs + step.pressedMs,
    fullMs: account.fullMs + step.fullMs,
    drops: account.drops + step.drops,
    peak: Math.max(account.peak, step.length, step.wasLength, step.drops > 0 ? step.capacity : 0),
    accepts: account.accepts + step.accepts,
    admitted: account.admitted + Math.max(0, step.accepts + step.length - step.wasLength),
    stoppedMs: account.stoppedMs + around.stoppedMs,
    stoppedBy: account.stoppedBy ?? around.stoppedBy,
    throttledMs: add(account.throttledMs, around.throttledMs),
    runqueueMs: add(account.runqueueMs, loop.runqueueMs),
    runnableMs: account.runnableMs + loop.runnableMs,
    withheldMs: account.withheldMs + loop.withheldMs,
    stealMs: add(account.stealMs, around.stealMs),
    stolenMs: add(account.stolenMs, stolen(step)),
    cpuMs: add(account.cpuMs, loop.cpuMs),
    idleMs: add(account.idleMs, loop.idleMs),
    iterations: add(account.iterations, loop.iterations),
    unseenMs: account.unseenMs + (loop.motion === undefined ? step.ms : 0),
    restMs: account.restMs + (loop.motion === "idle" ? step.ms : 0),
    ...longest(account, run),
    longStallsMs: account.longStallsMs + (run.endedMs >= thresholds.blockedMs ? run.endedMs : 0),
    openStallMs: run.stallMs >= thresholds.blockedMs ? run.stallMs : 0,
    longestBusyMs: Math.max(account.longestBusyMs, run.busyMs),
  };
};

/** Two stretches of one finding together: sums add up, extremes stay extremes. */
export const join = (a: Account, b: Account): Account => {
  const longer = a.longestStallMs >= b.longestStallMs ? a : b;
  return {
    ms: a.ms + b.ms,
    pressedMs: a.pressedMs + b.pressedMs,
    fullMs: a.fullMs + b.fullMs,
    drops: a.drops + b.drops,
    peak: Math.max(a.peak, b.peak),
    accepts: a.accepts + b.accepts,
    admitted: a.admitted + b.admitted,
    stoppedMs: a.stoppedMs + b.stoppedMs,
    stoppedBy: a.stoppedBy ?? b.stoppedBy,
    throttledMs: add(a.throttledMs, b.throttledMs),
    runqueueMs: add(a.runqueueMs, b.runqueueMs),
    runnableMs: a.runnableMs + b.runnableMs,
    withheldMs: a.withheldMs + b.withheldMs,
    stealMs: add(a.stealMs, b.stealMs),
    stolenMs: add(a.stolenMs, b.stolenMs),
    cpuMs: add(a.cpuMs, b.cpuMs),
    idleMs: add(a.idleMs, b.idleMs),
    iterations: add(a.iterations, b.iterations),
    unseenMs: a.unseenMs + b.unseenMs,
    restMs: a.restMs + b.restMs,
    longestStallMs: longer.longestStallMs,
    longestStallCpuMs: longer.longestStallCpuMs,
    longestStallWithheldMs: longer.longestStallWithheldMs,
    longestStallWchan: longer.longestStallWchan,
    longStallsMs: a.longStallsMs + b.longStallsMs,
    openStallMs: b.openStallMs,
    longestBusyMs: Math.max(a.longestBusyMs, b.longestBusyMs),
  };
};
