// One iteration of the loop took long: synchronous work, a synchronous read, an inspector's pause.
import { duration } from "../format.js";
import { type CauseRule, no, pending, type Question, unknown, yes } from "./rule.js";
import { starvedMs } from "./shares.js";

const isLong = ({ account, thresholds }: Question): boolean =>
  account.longestStallMs >= thresholds.blockedMs &&
  account.longStallsMs + account.openStallMs >= thresholds.blockedMinShare * account.ms;

/** Shorter ones are judged when all is over: while it lasts, half of a short time proves nothing. Nor do they count
 * where the thread only waited for a CPU. */
const isHalf = ({ account, about, thresholds, over }: Question): boolean => {
  const judgedMs = about === "full" ? account.pressedMs : account.ms;
  const stallMs = account.longestStallMs - (starvedMs(account) ?? 0);
  return over && stallMs >= thresholds.noiseMs && stallMs >= thresholds.mainShare * judgedMs;
};

/** Throttled time and run-queue wait are only counted when a wait is over: until then a thread that does not get the
 * CPU looks blocked. */
const isWithheld = ({ account, over, thresholds }: Question): boolean =>
  !over && account.withheldMs >= thresholds.mainShare * account.ms;

/** A loop that has made many short iterations meanwhile is most likely in another one. */
const hasTurned = ({ account }: Question): boolean => (account.iterations ?? 0) >= manyIterations;
const manyIterations = 10;

export const eventLoopBlocked: CauseRule = {
  cause: "event-loop-blocked",
  judge: (question) => {
    const { account, run, over, outside, loopSeen } = question;
    const because = `the longest iteration took ${duration(account.longestStallMs)} of ${duration(account.ms)}`;
    if (isWithheld(question)) return pending("the thread wanted a CPU and had none; by whom is not counted yet");
    if (isLong(question)) return yes(outside ? 0.8 : 0.97, because);
    if (isHalf(question)) return yes(outside ? 0.65 : 0.85, because);
    if (!over && run.stallMs > 0 && !hasTurned(question))
      return pending(`the loop has not turned for ${duration(run.stallMs)}`);
    if (!loopSeen) return unknown("the event loop could not be seen");
    if (account.unseenMs > account.ms / 2) return unknown("it cannot be told whether the loop turned");
    if (account.longestStallMs > 0) return no(because);
    return no(account.stoppedMs > 0 ? "the loop turned whenever the process ran" : "the loop kept turning");
  },
};
