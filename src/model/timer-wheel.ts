// The kernel's timer wheel (kernel/time/timer.c, calc_index): a timer is put into a bucket whose granularity grows with
// its distance and fires when the bucket does, so up to 12.5 % late. Timers of one bucket fire in one softirq,
// the one armed last first (hlist_add_head), and what they send overlaps.
import { type Engine, nanosPerSecond, priority } from "./engine.js";

/** Ticks a second (CONFIG_HZ) of the kernel that was measured. */
export const ticksPerSecond = 250;
const tickNanos = nanosPerSecond / ticksPerSecond;
const levelBits = 3;
/** A level's 64 buckets less the current one (LVL_START). */
const bucketsPerLevel = 63;
const topLevel = 8;
/** 2^20 ticks: the phase of every level is drawn, not only of the lowest. */
const phaseTicks = 2 ** 20;

export interface Timer {
  readonly run: () => void;
  readonly bucket: Set<Timer>;
}

export interface TimerWheel {
  /** Arms a timer `seconds` from now. */
  arm(seconds: number, run: () => void): Timer;
  /** Arms a timer for so many of the kernel's ticks from the current one. */
  armTicks(ticks: number, run: () => void): Timer;
  cancel(timer: Timer): void;
  /** The kernel's tick count now. */
  ticks(): number;
}

/**
 * The tick in which a timer armed at `tick` for `delay` ticks fires. Once a bucket has fired in this tick the wheel's own
 * clock is one ahead, and from there the timer is one tick nearer (__run_timers: base->clk).
 */
export function firingTick(tick: number, delay: number, hasFired = false): number {
  const distance = hasFired ? delay - 1 : delay;
  let level = 0;
  while (level < topLevel && distance >= bucketsPerLevel << (levelBits * level)) level += 1;
  const granule = 1 << (levelBits * level);
  return (Math.floor((tick + delay) / granule) + 1) * granule;
}

/** The boot time's phase is drawn from the engine's seed: scenarios start anywhere between two ticks, or with one. */
export function createTimerWheel(engine: Engine, firstTick?: number): TimerWheel {
  const drawn = Math.floor(engine.random() * phaseTicks * tickNanos);
  const phase = firstTick === undefined ? drawn : (firstTick % phaseTicks) * tickNanos;
  const buckets = new Map<number, Set<Timer>>();
  let lastFired = Number.NEGATIVE_INFINITY;
  const ticks = (): number => Math.floor((engine.now() + phase) / tickNanos);

  const fire = (tick: number): void => {
    const bucket = buckets.get(tick)!;
    buckets.delete(tick);
    if (bucket.size > 0) lastFired = tick;
    for (const timer of [...bucket].reverse()) if (bucket.delete(timer)) timer.run();
  };

  const bucketOf = (tick: number): Set<Timer> => {
    const known = buckets.get(tick);
    if (known) return known;
    const bucket = new Set<Timer>();
    buckets.set(tick, bucket);
    engine.at(tick * tickNanos - phase, priority.timer, () => fire(tick));
    return bucket;
  };

  const armTicks = (delay: number, run: () => void): Timer => {
    const now = ticks();
    const bucket = bucketOf(firingTick(now, delay, lastFired === now));
    const timer: Timer = { run, bucket };
    bucket.add(timer);
    return timer;
  };

  return {
    ticks,
    armTicks,
    arm: (seconds, run) => armTicks(Math.ceil(seconds * ticksPerSecond), run),
    cancel: (timer) => {
      timer.bucket.delete(timer);
    },
  };
}
