// Who came in a stretch that nobody looked into: as many each moment, first until the queue was full, then refused;
// and who was refused comes again within the stretch, on the kernel's schedule.
import type { ArrivalStep } from "./new-arrivals.js";

/** Shorter stretches are too short for a client to come twice, and where in them it came hardly matters. */
const longMs = 200;
const sliceMs = 50;

/** Refused by `ms` into the stretch, of clients that come at `perMs` and are refused after the first `admitted`. */
const refusedBy = (ms: number, perMs: number, admitted: number, retriesMs: readonly number[]): number =>
  [0, ...retriesMs].reduce((sum, offset) => sum + Math.max(0, perMs * (ms - offset) - admitted), 0);

/** The rate at which so many are refused by the end: the sum of straight lines, each from where it begins to count. */
const rateOf = (ms: number, admitted: number, refused: number, retriesMs: readonly number[]): number => {
  let [lines, lengthMs] = [1, ms];
  for (const offset of retriesMs) {
    const perMs = (refused + lines * admitted) / lengthMs;
    if (offset >= ms || perMs * (ms - offset) <= admitted) break;
    lines += 1;
    lengthMs += ms - offset;
  }
  return (refused + lines * admitted) / lengthMs;
};

/**
 * A long step with refusals as a row of short ones; others as they are.
 * @param retriesMs when a refused client comes again, after its first SYN
 */
export const slicesOf = (step: ArrivalStep, retriesMs: readonly number[]): readonly ArrivalStep[] => {
  const { fromMs, untilMs, admitted, refused } = step;
  const ms = untilMs - fromMs;
  if (ms < longMs || refused === 0) return [step];
  const perMs = rateOf(ms, admitted, refused, retriesMs);
  const count = Math.ceil(ms / sliceMs);
  const upTo = (slice: number): readonly [number, number] => {
    const at = (ms * slice) / count;
    return [Math.round(Math.min(admitted, perMs * at)), Math.round(refusedBy(at, perMs, admitted, retriesMs))];
  };
  return Array.from({ length: count }, (_, slice) => {
    const [before, after] = [upTo(slice), upTo(slice + 1)];
    return {
      fromMs: fromMs + (ms * slice) / count,
      untilMs: fromMs + (ms * (slice + 1)) / count,
      admitted: after[0] - before[0],
      refused: after[1] - before[1],
    };
  });
};
