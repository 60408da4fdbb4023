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
  readonly last?: { readonly at: number; readonly sinceAt: number } | undefined;
}

export interface StackLimits {
  readonly stallMs: number;
  readonly everyMs: number;
  /** A thread that is ready to run and is on a CPU for less than this part of the time is kept from it. */
  readonly cpuShare: number;
}

export const stackLimits: StackLimits = { stallMs: 200, everyMs: 10_000, cpuShare: 0.3 };

/** Whether to ask now. */
export const stackPolicy = (wish: StackWish, limits: StackLimits = stackLimits): boolean =>
  isWorthIt(wish, limits) && !isKeptFromCpu(wish, limits);

const isWorthIt = (wish: StackWish, { stallMs, everyMs }: StackLimits): boolean =>
  wish.waiting > 0 &&
  wish.at - wish.sinceAt >= stallMs &&
  (wish.last === undefined || (wish.last.sinceAt !== wish.sinceAt && wish.at - wish.last.at >= everyMs));

/**
 * Throttled or starved: no JavaScript is to blame, and the look would cost much more than usual, because the thread that
 * is stopped for it and the one that lets it go on both wait for a CPU.
 */
const isKeptFromCpu = ({ cpuShare, state }: StackWish, limits: StackLimits): boolean =>
  state === "R" && cpuShare !== undefined && cpuShare < limits.cpuShare;
