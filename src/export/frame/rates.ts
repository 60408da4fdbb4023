// Differences as rates and shares of an interval, rounded as frames show them.

export const perSecond = (moved: number | undefined, ms: number): number | undefined =>
  moved === undefined || ms <= 0 ? undefined : Math.round((moved * 1000) / ms);

/** Part of an interval, three decimals; clocks of several kinds may make it a little more than the whole. */
export const shareOf = (ms: number | undefined, intervalMs: number | undefined): number | undefined =>
  ms === undefined || !intervalMs ? undefined : Math.round(Math.min(1, ms / intervalMs) * 1000) / 1000;
