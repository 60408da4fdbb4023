// Ready to run, but other threads or other virtual machines had the CPU (schedstat run_delay, /proc/stat steal).
import { duration } from "../format.js";
import { type CauseRule, type Fit, mainFit, no, unknown } from "./rule.js";
import { starvedMs } from "./shares.js";

export const cpuStarved: CauseRule = {
  cause: "cpu-starved",
  judge: (question) => {
    const { ms, stolenMs } = question.account;
    const waitedMs = starvedMs(question.account);
    const fitOf = (lostMs: number | undefined): Fit => mainFit(lostMs ?? 0, question.thresholds.starvedMs, question);
    const waited = `waited ${duration(waitedMs ?? 0)} of ${duration(ms)} for a CPU`;
    const stolen = `the hypervisor took ${duration(stolenMs ?? 0)} of ${duration(ms)}`;
    if (fitOf(waitedMs) !== "no") return { fit: fitOf(waitedMs), because: waited, confidence: 0.92 };
    if (fitOf(stolenMs) !== "no") return { fit: fitOf(stolenMs), because: stolen, confidence: 0.88 };
    if (waitedMs === undefined) return unknown("the thread's run-queue wait could not be read");
    return no(stolenMs === undefined ? waited : `${waited}, steal ${duration(stolenMs)}`);
  },
};
