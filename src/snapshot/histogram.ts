// Many observations as few numbers: how many fell into each bucket, and their sum there. Plain data; whoever has the bounds
// can say what it means.

/** Cumulative. One number for each bound, and one more for what is above the last. */
export interface HistogramReading {
  /** Observations up to the bound and above the one before it: not added up over buckets. */
  readonly counts: readonly number[];
  /** Sums of their values, in the unit of the bounds. */
  readonly sums: readonly number[];
}

export interface Histogram {
  add(value: number, times?: number): void;
  /** A copy as it is now. */
  read(): HistogramReading;
}

/** Round-trip times, seconds: from loopback to a bad path. */
export const rttBounds: readonly number[] = [
  0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1,
];

/** `bounds`: upper ones, ascending, each belongs to its bucket. */
export const createHistogram = (bounds: readonly number[]): Histogram => {
  const counts = Array.from({ length: bounds.length + 1 }, () => 0);
  const sums = Array.from({ length: bounds.length + 1 }, () => 0);
  return {
    add(value, times = 1) {
      let bucket = 0;
      while (bucket < bounds.length && value > bounds[bucket]!) bucket += 1;
      counts[bucket]! += times;
      sums[bucket]! += value * times;
    },
    read: () => ({ counts: [...counts], sums: [...sums] }),
  };
};
