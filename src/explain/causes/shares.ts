// The parts of a stretch of time that were throttled, or spent waiting for a CPU that others had.
import type { Account } from "../account.js";

/** cpu.stat adds up all CPUs; the loop's thread felt no more of it than it waited. */
export const throttledMs = (account: Account): number | undefined => {
  if (account.throttledMs === undefined) return undefined;
  const waited = account.runqueueMs === undefined ? account.ms : Math.max(account.runqueueMs, account.runnableMs);
  return Math.min(account.throttledMs, waited);
};

/** Run-queue wait contains throttled time: what is left is other people's work. */
export const starvedMs = (account: Account): number | undefined => {
  if (account.runqueueMs === undefined && account.runnableMs === 0) return undefined;
  return Math.max(0, Math.max(account.runqueueMs ?? 0, account.runnableMs) - (throttledMs(account) ?? 0));
};
