// How often the observer looks: rarely while all is quiet, every 20 ms while a queue grows or a loop is late.
// Each wake-up costs a busy server about 0.1 ms, so the fast pace has to end by itself.
import { threadCpuMs } from "../kernel/loops.js";

export interface PaceOptions {
  /** `SOCKSCOPE_SAMPLE_MS`. */
  readonly sampleMs: number;
  /** `SOCKSCOPE_INTERVAL_MS`. */
  readonly intervalMs: number;
}

/** What one look saw that bears on the pace. */
export interface PaceSigns {
  /** Monotonic ms. */
  readonly at: number;
  /** Own listeners and UDP sockets, whose queues fill while the loop stands; without any there is no hurry. */
  readonly listeners: number;
  /** A queue is at least a quarter full, or grows while its loop does not turn. */
  readonly queueGrows: boolean;
  /** The longest time that a loop with listeners has not turned, ms. */
  readonly loopLateMs: number;
}

/** What the explainer wants to see closely. */
export interface PaceWishes {
  /** Somebody waits at a listener. */
  readonly pressed: boolean;
  /** Connections are in trouble. */
  readonly followed: boolean;
}

export interface Pace {
  /** Milliseconds until the next look. */
  next(signs: PaceSigns, wanted: PaceWishes): number;
  readonly fast: boolean;
}

export const fastMs = 20;
/** Connections in trouble are looked at this often: five looks a second tell one that moves from one that stands. */
export const followMs = 200;
/** The fast pace outlives its reason by this long: the second that follows a stall tells how it ended. */
const lingerMs = 1000;
/** A loop that is late by less is on its way through an ordinary callback. */
export const lateMs = 50;
/** A look that comes so much later than due was held up, perhaps with the whole process. */
export const heldMs = 50;
/** A queue this full is worth watching whatever its loop does. */
const growingShare = 0.25;

/** The length from which a queue with this limit is watched. */
export const longFrom = (limit: number): number => Math.max(1, Math.ceil(growingShare * (limit + 1)));

/** Whether what was seen calls for a closer look. */
export const isHurried = ({ listeners, queueGrows, loopLateMs }: PaceSigns): boolean =>
  listeners > 0 && (queueGrows || loopLateMs >= lateMs);

export const createPace = ({ sampleMs, intervalMs }: PaceOptions): Pace => {
  let fastUntil = Number.NEGATIVE_INFINITY;
  let fast = false;
  return {
    get fast() {
      return fast;
    },
    next(signs, { pressed, followed }) {
      const { at, listeners } = signs;
      if (isHurried(signs) || (pressed && listeners > 0)) fastUntil = at + lingerMs;
      fast = at < fastUntil;
      if (fast) return Math.min(fastMs, sampleMs);
      const quietMs = listeners > 0 ? Math.min(sampleMs, intervalMs) : intervalMs;
      return followed ? Math.min(followMs, quietMs) : quietMs;
    },
  };
};

/** Lets a reading run only as often as its own cost allows: it may take `share` of the time, and not more than `everyMs`. */
export interface Budget {
  isDue(at: number, everyMs: number): boolean;
  /** Runs it and remembers what it cost. */
  spend<Result>(at: number, read: () => Result): Result;
  /** So long it waits for what the last run cost. */
  readonly pauseMs: number;
}

/** What a budget may be given on the long run. */
export interface LongRun {
  /** The part of the time: what is not used of it is saved … */
  readonly share: number;
  /** … up to so much, and may be spent at once. */
  readonly savedMs: number;
}

/** `spentMs`: by the CPU's clock, as the clock on the wall would count what others took from this thread. */
export const createBudget = (share: number, longRun?: LongRun, spentMs: () => number = threadCpuMs): Budget => {
  let last = Number.NEGATIVE_INFINITY;
  let costMs = 0;
  let savedMs = longRun?.savedMs ?? 0;
  const savedAt = (at: number): number =>
    longRun ? Math.min(longRun.savedMs, savedMs + (at - last) * longRun.share) : Number.POSITIVE_INFINITY;
  return {
    isDue: (at, everyMs) => at - last >= Math.max(everyMs, costMs / share) && savedAt(at) > 0,
    spend(at, read) {
      const began = spentMs();
      try {
        return read();
      } finally {
        costMs = spentMs() - began;
        savedMs = savedAt(at) - costMs;
        last = at;
      }
    },
    get pauseMs() {
      return costMs / share;
    },
  };
};
