// Order statistics of repeated measurements. Pure.

/** Value below which the share `q` of `values` lies, between neighbours in proportion. NaN: there are none. */
export const quantile = (values, q) => {
  const sorted = [...values].sort((one, other) => one - other);
  const at = q * (sorted.length - 1);
  const below = sorted[Math.floor(at)];
  const above = sorted[Math.ceil(at)];
  return below === undefined || above === undefined ? Number.NaN : below + (above - below) * (at - Math.floor(at));
};

/** Median with the spread from the tenth to the ninetieth percentile. */
export const summary = (values) => ({
  value: quantile(values, 0.5),
  low: quantile(values, 0.1),
  high: quantile(values, 0.9),
});

/** The same of the ratios of two series that were measured in turn, round by round. */
export const ratio = (ours, theirs) => summary(ours.map((value, round) => value / theirs[round]));

/** A figure in another unit, `factor` times as much. */
export const scaled = (figure, factor, unit) => ({
  ...figure,
  value: figure.value * factor,
  low: figure.low * factor,
  high: figure.high * factor,
  unit,
});
