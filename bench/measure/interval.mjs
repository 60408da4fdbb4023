// A mean with its 95 % interval that a few wild values do not move. Pure.

/** The mean of the middle (a fifth of the values is left out at either end), and half its interval (winsorised). */
export const robustMean = (values) => {
  const sorted = [...values].sort((one, other) => one - other);
  const { length } = sorted;
  const cut = Math.floor(0.2 * length);
  const kept = sorted.slice(cut, length - cut);
  const mean = kept.reduce((sum, value) => sum + value, 0) / kept.length;
  const pulled = sorted.map((value) => Math.min(Math.max(value, sorted[cut]), sorted[length - 1 - cut]));
  const middle = pulled.reduce((sum, value) => sum + value, 0) / length;
  const variance = pulled.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (length - 1);
  return { mean, half95: (1.96 * Math.sqrt(variance)) / (0.6 * Math.sqrt(length)) };
};
