// The agent's thread with each of its looks noted: when it began, and how long a pause was wanted after it.
const { getEnvironmentData } = require("node:worker_threads");

/** [how many, then for each: begun (ms of the machine's monotonic clock), pause wanted before it (ms)]. */
const notes = new Float64Array(getEnvironmentData("bench"));
const room = (notes.length - 1) / 2;
const { setTimeout: later } = globalThis;
const clockMs = () => Number(process.hrtime.bigint()) / 1e6;

globalThis.setTimeout = (run, ms, ...values) => {
  if (run.name !== "turn") return later(run, ms, ...values);
  return later(() => {
    const at = notes[0] % room;
    notes[1 + 2 * at] = clockMs();
    notes[2 + 2 * at] = ms;
    notes[0] += 1;
    run();
  }, ms);
};
require(process.argv[2]);
