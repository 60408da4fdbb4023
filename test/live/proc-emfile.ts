// Runs with few descriptors: opens the kept readings, uses up all descriptors, reads, and prints what was read.
import { openSync } from "node:fs";
import { openCounters } from "../../src/kernel/counters.js";
import { openCpuQuota } from "../../src/kernel/cpu-quota.js";
import { openFds } from "../../src/kernel/fds.js";
import { openHostCpu } from "../../src/kernel/proc-stat.js";
import { openTask } from "../../src/kernel/task.js";

const { pid } = process;
const kept = {
  counters: openCounters(),
  fds: openFds(pid),
  host: openHostCpu(),
  quota: openCpuQuota(pid),
  task: openTask(pid, pid),
};
for (const reading of Object.values(kept)) reading.read();
let full = "";
for (let opened = 0; opened < 10_000 && full === ""; opened += 1)
  try {
    openSync("/dev/null", "r");
  } catch (error) {
    full = String(error);
  }
const read = Object.entries(kept).map(([name, reading]) => [name, reading.read()]);
process.stdout.write(JSON.stringify({ full, read: Object.fromEntries(read) }));
