// Waiting for a condition with a deadline, instead of sleeping for a guess.
import { setTimeout as delay } from "node:timers/promises";

/** The first value of `look` that is neither undefined nor false; throws with `what` when `deadlineMs` have passed. */
export const eventually = async <T>(
  what: string,
  look: () => T | undefined | false | Promise<T | undefined | false>,
  deadlineMs = 5000,
): Promise<T> => {
  const end = performance.now() + deadlineMs;
  for (;;) {
    const seen = await look();
    if (seen !== undefined && seen !== false) return seen;
    if (performance.now() > end) throw new Error(`not within ${deadlineMs} ms: ${what}`);
    await delay(10);
  }
};
