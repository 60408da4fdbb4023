// The cgroup's CPU quota ran out (cpu.stat throttled time).
import { duration } from "../format.js";
import { type CauseRule, mainFit, no, unknown } from "./rule.js";
import { throttledMs } from "./shares.js";

export const cpuThrottled: CauseRule = {
  cause: "cpu-throttled",
  judge: (question) => {
    const lostMs = throttledMs(question.account);
    if (lostMs === undefined) return unknown("the cgroup's CPU quota could not be read");
    if (question.account.throttledMs === 0) return no("the throttled time did not move");
    const because = `throttled for ${duration(lostMs)} of ${duration(question.account.ms)}`;
    return { fit: mainFit(lostMs, question.thresholds.noiseMs, question), because, confidence: 0.95 };
  },
};
