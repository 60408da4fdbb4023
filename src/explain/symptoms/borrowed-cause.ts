// The cause of what stands beside an accept-queue finding (ghosts, resets): that finding's. It is waited for as long
// as the finding itself waits for it, follows when it becomes better known, and stays when the finding has ended.
import type { AcceptPath, Explanation } from "../accept-path.js";
import type { Beside } from "./beside.js";

export interface Borrower {
  readonly key: string;
  readonly path: AcceptPath;
  /** First evidence: monotonic ms, and wall clock. */
  readonly beganAt: number;
  readonly since: number;
  told?: Explanation | undefined;
}

export const borrower = (path: AcceptPath, { lifecycle, around }: Beside): Borrower => ({
  key: lifecycle.newKey(),
  path,
  beganAt: around.at,
  since: around.time,
});

/** Takes over what is known of the cause by now; false while it is worth waiting for. */
export const borrowCause = (one: Borrower, { around, thresholds }: Beside): boolean => {
  const latest = one.path.explanation();
  const { told } = one;
  if (latest && (!told || told.cause === "unknown" || told.of === latest.of)) one.told = latest;
  return one.told !== undefined || around.at - one.beganAt >= thresholds.undecidedMs;
};

/** Whether it is told of, or may yet be: it is told at the first look after the wait at the latest. */
export const isAlive = ({ key, beganAt }: Borrower, { lifecycle, around, thresholds }: Beside): boolean =>
  lifecycle.has(key) || around.at - beganAt < 2 * thresholds.undecidedMs;
