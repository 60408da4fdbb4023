// When a blocked loop is asked for its JavaScript. The look itself costs the application tens of milliseconds, so it
// has to be worth it: a stall that makes clients wait, once a stall, and not often.

export interface StackWish {
  /** Monotonic ms, now. */
  readonly at: number;
  /** When the loop was last seen turning: names the stall. */
  readonly sinceAt: number;
  /** Connections in the accept queues of that loop's listeners, and those it keeps from being read. */
  readonly waiting: number;
  /** The part of the stall that its thread was on a CPU, and its state, where they are known. */
  readonly cpuShare?: number | undefined;
  readonly state?: string | undefined;
  /** The last time the question was asked. */
  readonly last?: LastAsked | undefined;
}

export interface LastAsked {
  readonly at: number;
  readonly sinceAt: number;
  /** What the application paid. */
  readonly pauseMs?: number | undefined;
}

export interface StackLimits {
  readonly stallMs: number;
  readonly everyMs: number;
  /** The part of the time that looks may take from the application. */
  readonly costShare: number;
  /** A thread that is ready to run and is on a CPU for less than this part of the time is kept from it. */
  readonly cpuShare: number;
}

export const stackLimits: StackLimits = { stallMs: 200, everyMs: 10_000, costShare: 0.01, cpuShare: 0.3 };

/** Whether to ask now. */
export const stackPolicy = (wish: StackWish, limits: StackLimits = stackLimits): boolean =>
  isWorthIt(wish, limits) && !isKeptFromCpu(wish, limits);

const isWorthIt = ({ waiting, at, sinceAt, last }: StackWish, limits: StackLimits): boolean => {
  if (waiting === 0 || at - sinceAt < limits.stallMs) return false;
  if (!last) return true;
  const pauseMs = Math.max(limits.everyMs, (last.pauseMs ?? 0) / limits.costShare);
  return last.sinceAt !== sinceAt && at - last.at >= pauseMs;
};

/**
 * Throttled or starved: no JavaScript is to blame, and the look would cost much more than usual, because the thread that
 * is stopped for it and the one that lets it go on both wait for a CPU.
 */
const isKeptFromCpu = ({ cpuShare, state }: StackWish, limits: StackLimits): boolean =>
  state === "R" && cpuShare !== undefined && cpuShare < limits.cpuShare;
