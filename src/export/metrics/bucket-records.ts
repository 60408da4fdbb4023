// OpenTelemetry's API takes a histogram's observations one by one; ours are counted in buckets where they are made, on
// another thread. What is new in each bucket is recorded as that many times its mean: counts and sums are the same as in
// the buckets, only the smallest and the largest value are means.
import type { HistogramReading } from "../../snapshot/histogram.js";

/** 0.15 µs each, on the main thread, at each collection: at most some milliseconds. */
export const recordsAtMost = 25_000;

export interface BucketRecords {
  /** Records what is new since the reading before; returns how many observations were left out because they are too many. */
  take(series: string, now: HistogramReading, record: (value: number) => void): number;
}

/** `bounds`: upper ones, as the instrument has them. */
export const createBucketRecords = (bounds: readonly number[]): BucketRecords => {
  const taken = new Map<string, HistogramReading>();
  return {
    take(series, now, record) {
      const before = taken.get(series);
      taken.set(series, now);
      // Fewer than before: the observer was started anew, and counts from zero.
      const isNew = before === undefined || now.counts.some((count, i) => count < before.counts[i]!);
      const counts = now.counts.map((count, i) => (isNew ? count : count - before.counts[i]!));
      const sums = now.sums.map((sum, i) => (isNew ? sum : sum - before.sums[i]!));
      const total = counts.reduce((sum, count) => sum + count, 0);
      const share = Math.min(1, recordsAtMost / total);
      let left = total;
      for (const [i, count] of counts.entries()) {
        if (count === 0) continue;
        const value = within(sums[i]! / count, bounds[i - 1], bounds[i]);
        // Nothing seen disappears: the slowest one in a million is what a histogram is read for.
        const times = Math.ceil(count * share);
        for (let n = 0; n < times; n += 1) record(value);
        left -= times;
      }
      return left;
    },
  };
};

/** A mean that rounding has carried over its bucket's bound is put back. */
const within = (mean: number, above: number | undefined, upTo: number | undefined): number => {
  if (upTo !== undefined && mean > upTo) return upTo;
  if (above !== undefined && mean <= above) return (above + (upTo ?? above + 1)) / 2;
  return mean;
};
