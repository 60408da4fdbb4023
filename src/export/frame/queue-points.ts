// The looks at one accept queue within an interval: bounded, without losing the peak or a drop.
import type { QueuePoint } from "./frame.js";

export interface Points {
  /** A look; several at the same moment are members of one group, and add up. */
  add(at: number, length: number, dropped: number): void;
  /** Oldest first, as of the interval's end. */
  shown(at: number): readonly QueuePoint[];
  readonly peak: number;
  readonly dropped: number;
}

const shownAtMost = 60;

interface Point {
  at: number;
  length: number;
  dropped: number;
}

/** Half as many: of each two neighbours the fuller one, and what both dropped. */
const thin = (points: readonly Point[]): Point[] =>
  points.flatMap((one, i) => {
    const other = points[i + 1];
    if (i % 2 === 1) return [];
    if (!other) return [one];
    const fuller = other.length >= one.length ? other : one;
    return [{ at: fuller.at, length: fuller.length, dropped: one.dropped + other.dropped }];
  });

export const createPoints = (): Points => {
  let points: Point[] = [];
  return {
    add(at, length, dropped) {
      const last = points.at(-1);
      if (last?.at === at) {
        last.length += length;
        last.dropped += dropped;
        return;
      }
      if (points.length >= 2 * shownAtMost) points = thin(points);
      points.push({ at, length, dropped });
    },
    shown(at) {
      let shown = points;
      while (shown.length > shownAtMost) shown = thin(shown);
      return shown.map((point) => [Math.max(0, Math.round(at - point.at)), point.length, point.dropped]);
    },
    get peak() {
      return points.reduce((most, { length }) => Math.max(most, length), 0);
    },
    get dropped() {
      return points.reduce((all, { dropped }) => all + dropped, 0);
    },
  };
};
