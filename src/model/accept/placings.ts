// How clients came within what was seen of them is not seen itself: hypotheses, to be held against the drops.
import type { Arrival } from "./scenario.js";

/** So many clients in a stretch. Times in ms, from the start of the run. */
export interface Came {
  readonly fromMs: number;
  readonly untilMs: number;
  readonly count: number;
}

export type Placing = (steps: readonly Came[]) => readonly Arrival[];

/** Stretches in a row as one, until it is so long; nobody came before its first client or after its last. */
const joined = (steps: readonly Came[], windowMs: number): readonly Came[] => {
  const groups: Came[] = [];
  for (const step of steps) {
    const last = groups.at(-1);
    if (last && step.untilMs - last.fromMs <= windowMs)
      groups[groups.length - 1] = { ...last, untilMs: step.untilMs, count: last.count + step.count };
    else groups.push(step);
  }
  return groups;
};

const evenly =
  (windowMs: number): Placing =>
  (steps) =>
    joined(
      steps.filter(({ count }) => count > 0),
      windowMs,
    ).map(({ fromMs, untilMs, count }) => {
      const betweenMs = Math.max(1, untilMs - fromMs) / count;
      return {
        from: (fromMs + betweenMs / 2) / 1000,
        until: (fromMs + betweenMs * count) / 1000,
        rate: 1000 / betweenMs,
      };
    });

const together =
  (at: "fromMs" | "untilMs"): Placing =>
  (steps) =>
    steps.flatMap((step) => (step.count > 0 ? [{ at: step[at] / 1000, count: step.count }] : []));

/** Evenly in each step, in each second, in all of it; or all of a step's at once. */
export const placings: readonly Placing[] = [
  evenly(0),
  evenly(1000),
  evenly(Number.POSITIVE_INFINITY),
  together("untilMs"),
  together("fromMs"),
];
