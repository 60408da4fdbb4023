// Patterns of moments, taken one at a time: a million arrivals are one waiting event, not a million.
import { type Engine, toNanos } from "./engine.js";
import type { Pattern } from "./accept/scenario.js";

/** Runs `act` at each moment of the pattern. Of one moment's calls each runs after what the one before set off. */
export function schedule(engine: Engine, pattern: Pattern, priority: number, act: () => void): void {
  const isBurst = "at" in pattern;
  const timeOf = (index: number): number =>
    isBurst ? toNanos(pattern.at) : toNanos(pattern.from + index / pattern.rate);
  const end = isBurst ? Number.POSITIVE_INFINITY : toNanos(pattern.until);
  const count = isBurst ? pattern.count : Number.POSITIVE_INFINITY;
  const next = (index: number): void => {
    const time = timeOf(index);
    if (index >= count || time >= end) return;
    engine.at(time, priority, () => {
      act();
      next(index + 1);
    });
  };
  next(0);
}
