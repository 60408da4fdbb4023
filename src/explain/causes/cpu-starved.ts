// Ready to run, but other threads or other virtual machines had the CPU (schedstat run_delay, /proc/stat steal).
import { duration } from "../format.js";
import { type CauseRule, type Fit, mainFit, no, pending, type Question, unknown } from "./rule.js";
import { starvedMs, throttledMs } from "./shares.js";

/** A few periods of CFS bandwidth control, or time slices: longer than that, a last one does not turn the balance. */
const lagMs = 500;

/** The thread that just began to compute waits for its first slice; what it does then decides. */
const isEarly = ({ account, over }: Question): boolean => !over && account.ms < lagMs;

/** Throttled time comes after the wait that it explains (cpu.stat moves when a period of 100 ms ends). */
const isLagging = ({ account, over, thresholds }: Question): boolean =>
  !over &&
  account.ms < lagMs &&
  (throttledMs(account) ?? 0) > 0 &&
  account.withheldMs >= thresholds.mainShare * account.ms;

export const cpuStarved: CauseRule = {
  cause: "cpu-starved",
  judge: (question) => {
    const { ms, stolenMs } = question.account;
    const waitedMs = starvedMs(question.account);
    const fitOf = (lostMs: number | undefined): Fit => mainFit(lostMs ?? 0, question.thresholds.starvedMs, question);
    const waited = `waited ${duration(waitedMs ?? 0)} of ${duration(ms)} for a CPU`;
    if (isLagging(question)) return pending(`${waited}; how much of it was throttling is counted when a period ends`);
    const stolen = `the hypervisor took ${duration(stolenMs ?? 0)} of ${duration(ms)}`;
    if (fitOf(waitedMs) === "yes" && isEarly(question)) return pending(`${waited} so far`);
    if (fitOf(waitedMs) !== "no") return { fit: fitOf(waitedMs), because: waited, confidence: 0.92 };
    if (fitOf(stolenMs) !== "no") return { fit: fitOf(stolenMs), because: stolen, confidence: 0.88 };
    if (waitedMs === undefined) return unknown("the thread's run-queue wait could not be read");
    return no(stolenMs === undefined ? waited : `${waited}, steal ${duration(stolenMs)}`);
  },
};
