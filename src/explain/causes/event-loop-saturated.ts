// The loop turns without a pause and does not keep up: libuv accepts one connection an iteration, and each
// iteration costs what the requests cost.
import { duration } from "../format.js";
import { type CauseRule, no, pending, type Question, unknown, type Verdict, yes } from "./rule.js";

/** Seen from outside there is no idle time: a thread on the CPU, or ready for it, nearly all the time while people
 * leave the queue. */
const isBusyOutside = ({ account, thresholds, outside }: Question): boolean =>
  outside &&
  account.iterations === undefined &&
  account.accepts > 0 &&
  (account.cpuMs ?? 0) + (account.runqueueMs ?? 0) >= (1 - thresholds.saturatedIdleShare) * account.ms;

const outsideVerdict = ({ account, thresholds, over }: Question): Verdict => {
  if (account.ms >= thresholds.saturatedMs) return yes(0.7, "the main thread never slept and accepted slowly");
  const because = `the main thread never slept for ${duration(account.ms)}`;
  return over ? no(because) : pending(because);
};

export const eventLoopSaturated: CauseRule = {
  cause: "event-loop-saturated",
  judge: (question) => {
    const { account, run, over, loopSeen, thresholds } = question;
    // A single long iteration is a block, not a loop that turns.
    const busyMs = Math.max(0, account.longestBusyMs - Math.max(account.longestStallMs, run.stallMs));
    const ran = `the loop turned ${duration(busyMs)} without a pause`;
    if (isBusyOutside(question)) return outsideVerdict(question);
    if (account.iterations !== undefined && account.iterations > 1 && busyMs >= thresholds.saturatedMs)
      return yes(0.92, ran);
    if (!over && run.busyMs > 0 && account.iterations !== undefined) return pending(ran);
    if (!loopSeen || account.unseenMs > account.ms / 2) return unknown("the loop's idle time could not be seen");
    return no(busyMs > 0 ? ran : "the loop had idle time");
  },
};
