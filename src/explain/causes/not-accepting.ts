// The loop turns, or sleeps in epoll_wait, and nobody takes from the queue: the listener is not being watched.
import { count, duration } from "../format.js";
import { type CauseRule, no, pending, yes } from "./rule.js";

export const notAccepting: CauseRule = {
  cause: "not-accepting",
  judge: ({ account, noAccept, thresholds, over, outside }) => {
    const { iterations, idleMs } = noAccept;
    if (iterations >= thresholds.notAcceptingIterations)
      return yes(0.93, `${count(iterations, "iteration")} without an accept while connections waited`);
    if (idleMs >= thresholds.notAcceptingIdleMs)
      return yes(outside ? 0.7 : 0.88, `the loop slept ${duration(idleMs)} in epoll_wait while connections waited`);
    if (!over && account.accepts === 0 && (iterations > 0 || idleMs > 0))
      return pending("the loop turned and the queue did not move yet");
    return no("connections were accepted whenever the loop turned");
  },
};
