// Ready to run, but other threads or other virtual machines had the CPU (schedstat run_delay, /proc/stat steal).
import { duration } from "../format.js";
import { type CauseRule, isMain, no, unknown, yes } from "./rule.js";
import { starvedMs } from "./shares.js";

export const cpuStarved: CauseRule = {
  cause: "cpu-starved",
  judge: (question) => {
    const { ms, stolenMs } = question.account;
    const waitedMs = starvedMs(question.account);
    if (waitedMs !== undefined && isMain(waitedMs, question))
      return yes(0.92, `waited ${duration(waitedMs)} of ${duration(ms)} for a CPU`);
    if (stolenMs !== undefined && isMain(stolenMs, question))
      return yes(0.88, `the hypervisor took ${duration(stolenMs)} of ${duration(ms)}`);
    if (waitedMs === undefined) return unknown("the thread's run-queue wait could not be read");
    const steal = stolenMs === undefined ? "" : `, steal ${duration(stolenMs)}`;
    return no(`waited ${duration(waitedMs)} of ${duration(ms)} for a CPU${steal}`);
  },
};
