// What any Worker costs: one that does nothing, or (BENCH_TIMER_MS) has an empty timer. Named, so that it is found.
const { isMainThread, Worker } = require("node:worker_threads");
const { writeFileSync } = require("node:fs");

if (isMainThread) {
  const { BENCH_TIMER_MS } = process.env;
  const options = { execArgv: [], env: BENCH_TIMER_MS === undefined ? {} : { BENCH_TIMER_MS } };
  new Worker(__filename, { ...options, stdout: true, stderr: true }).unref();
} else {
  writeFileSync("/proc/thread-self/comm", "empty");
  setInterval(() => undefined, Number(process.env.BENCH_TIMER_MS ?? 2 ** 31 - 1));
}
