// Differences of the kernel's cumulative readings; a reading that is missing or ran backwards gives `undefined`.

/** Difference of two cumulative readings; `undefined` where one is missing or the later is smaller (reset). */
export const delta = (before: number | undefined, after: number | undefined): number | undefined =>
  before === undefined || after === undefined || !(after >= before) ? undefined : after - before;

/** Difference of a 32-bit counter that wraps (listener drops). More than half the range is a reset, not a step. */
export const deltaU32 = (before: number | undefined, after: number | undefined): number | undefined => {
  if (before === undefined || after === undefined) return undefined;
  const difference = (after - before) >>> 0;
  return difference >= 2 ** 31 ? undefined : difference;
};

/** Sum in which a missing part leaves the other as it is; both missing stays missing. */
export const add = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined ? b : b === undefined ? a : a + b;
