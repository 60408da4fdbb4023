// Means with their 95 % intervals: of all values, and one that a few wild values do not move. Pure.

const meanOf = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const varianceOf = (values) => {
  const mean = meanOf(values);
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
};

/** `half95`: half of the interval. */
export const plainMean = (values) => ({
  mean: meanOf(values),
  half95: 1.96 * Math.sqrt(varianceOf(values) / values.length),
});

/** The mean of the middle (a fifth of the values is left out at either end), and half its interval (winsorised). */
export const robustMean = (values) => {
  const sorted = [...values].sort((one, other) => one - other);
  const { length } = sorted;
  const cut = Math.floor(0.2 * length);
  const pulled = sorted.map((value) => Math.min(Math.max(value, sorted[cut]), sorted[length - 1 - cut]));
  const half95 = (1.96 * Math.sqrt(varianceOf(pulled))) / (0.6 * Math.sqrt(length));
  return { mean: meanOf(sorted.slice(cut, length - cut)), half95 };
};
