// Waiting times of a run: all of them up to 10,000, from then on every second, fourth, … so that memory stays flat.
const most = 10_000;

export interface Reservoir {
  add(value: number): void;
  /** The value below which this share lies (nearest rank); null while there is none. 1: the largest ever. */
  quantile(share: number): number | null;
}

export function createReservoir(): Reservoir {
  let values: number[] = [];
  let stride = 1;
  let seen = 0;
  let largest = 0;
  return {
    add: (value) => {
      largest = Math.max(largest, value);
      if (seen % stride === 0) values.push(value);
      seen += 1;
      if (values.length < most) return;
      values = values.filter((_, index) => index % 2 === 0);
      stride *= 2;
    },
    quantile: (share) => {
      if (seen === 0) return null;
      if (share === 1) return largest;
      const sorted = [...values].sort((a, b) => a - b);
      return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]!;
    },
  };
}
