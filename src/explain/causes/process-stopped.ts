// The whole process stood still: SIGSTOP, a tracer, a frozen cgroup, or a gap in the observer's own clock.
import { duration } from "../format.js";
import { type CauseRule, mainFit, no } from "./rule.js";

export const processStopped: CauseRule = {
  cause: "process-stopped",
  judge: (question) => {
    const { stoppedMs, stoppedBy, ms } = question.account;
    if (stoppedMs === 0) return no("the process was never seen stopped, and the observer's clock has no gap");
    const because = `stopped for ${duration(stoppedMs)} of ${duration(ms)} (${stoppedBy})`;
    const fit = mainFit(stoppedMs, question.thresholds.noiseMs, question);
    // A gap is inferred; a state is read.
    return { fit, because, confidence: stoppedBy?.startsWith("gap") ? 0.8 : 0.97 };
  },
};
