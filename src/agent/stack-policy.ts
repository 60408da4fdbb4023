// When a blocked loop is asked for its JavaScript. The look itself costs the application tens of milliseconds, so it
// has to be worth it: a stall that makes clients wait, once a stall, and not often.

export interface StackWish {
  /** Monotonic ms, now. */
  readonly at: number;
  /** When the loop was last seen turning: names the stall. */
  readonly sinceAt: number;
  /** Connections in the accept queues of that loop's listeners. */
  readonly waiting: number;
  /** The last time the question was asked. */
  readonly last?: { readonly at: number; readonly sinceAt: number } | undefined;
}

export interface StackLimits {
  readonly stallMs: number;
  readonly everyMs: number;
}

export const stackLimits: StackLimits = { stallMs: 200, everyMs: 10_000 };

/** Whether to ask now. */
export const stackPolicy = (wish: StackWish, { stallMs, everyMs }: StackLimits = stackLimits): boolean =>
  wish.waiting > 0 &&
  wish.at - wish.sinceAt >= stallMs &&
  (wish.last === undefined || (wish.last.sinceAt !== wish.sinceAt && wish.at - wish.last.at >= everyMs));
