// A bounded sample of durations with its nearest-rank percentiles.

const capacity = 2048;

export interface Sample {
  /** How many there were, kept or not. */
  readonly size: number;
  add(value: number): void;
  values(): readonly number[];
}

/** Keeps every value up to its capacity, then every second, every fourth … */
export const createSample = (): Sample => {
  let kept: number[] = [];
  let stride = 1;
  let size = 0;
  return {
    get size(): number {
      return size;
    },
    add: (value) => {
      size += 1;
      if (size % stride !== 0) return;
      kept.push(value);
      if (kept.length < capacity) return;
      kept = kept.filter((_, index) => index % 2 === 1);
      stride *= 2;
    },
    values: () => kept,
  };
};

/** Nearest-rank percentile of values in ascending order; `undefined` of none. */
export const percentile = (ascending: readonly number[], p: number): number | undefined =>
  ascending[Math.max(0, Math.ceil(p * ascending.length) - 1)];

export const ascending = (values: readonly number[]): readonly number[] => values.toSorted((a, b) => a - b);
