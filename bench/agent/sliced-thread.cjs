// The agent's thread on a clock that runs only in on-slices (slices.cjs), so that all it does by itself falls into them.
const { getEnvironmentData } = require("node:worker_threads");
const { clockMs, createSlicedClock, createSlices } = require("./slices.cjs");

/** [when the first slice begins, how long each is, what the clock gains in an on-slice]: ms; 0: none yet. */
const [beginAt, sliceMs, gainMs] = [0, 1, 2];
const told = new Float64Array(getEnvironmentData("bench"));
const { setTimeout: later, clearTimeout: forget } = globalThis;

let clock = { read: (at) => at, when: (time) => time };
const now = () => {
  if (told[beginAt] > 0 && !clock.sliced) {
    const slices = createSlices({ at: told[beginAt], ms: told[sliceMs] });
    clock = { ...createSlicedClock(slices, told[gainMs]), sliced: true };
  }
  return clock.read(clockMs());
};

Object.defineProperty(globalThis.performance, "now", { value: now });
globalThis.setTimeout = (run, ms, ...values) => {
  const due = now() + ms;
  const held = { unref: () => held, ref: () => held };
  const wait = () => {
    held.timer = later(ring, Math.max(1, Math.ceil(clock.when(due) - clockMs())));
  };
  // Late, or a millisecond early: the rest of it.
  const ring = () => (now() < due - 0.5 ? wait() : run(...values));
  wait();
  return held;
};
globalThis.clearTimeout = (held) => forget(held?.timer);
require(process.argv[2]);
