// The agent's thread on a clock that runs only in on-slices (slices.cjs), so that all it does by itself falls into them.
const { join } = require("node:path");
const { getEnvironmentData } = require("node:worker_threads");
const { clockMs, createSlicedClock, createSlices } = require("./slices.cjs");

const observer = process.argv[2];
const { binding } = require(join(observer, "../../binding.js"));
/** [when the first slice begins, how long each is, what the clock gains in an on-slice]: ms; 0: none yet. */
const [beginAt, sliceMs, gainMs] = [0, 1, 2];
const told = new Float64Array(getEnvironmentData("bench"));
const { setTimeout: later, clearTimeout: forget } = globalThis;

let clock = { read: (at) => at, when: (time) => time };
let isSliced = false;
const now = () => {
  if (told[beginAt] > 0 && !isSliced) {
    clock = createSlicedClock(createSlices({ at: told[beginAt], ms: told[sliceMs] }), told[gainMs]);
    isSliced = true;
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

/**
 * The native glances (src/kernel/quiet-watch.ts), one in each round of slices (off, on, on, off), so that all are at the same
 * place of it as the look before them: in an on-slice. At twice the speed that is more often than they would be.
 */
binding.QuietWatch = class extends binding.QuietWatch {
  rest(plan, listeners, loops, glances, ...files) {
    const begun = now() - plan[0];
    this.told = undefined;
    if (!isSliced) return super.rest(plan, listeners, loops, glances, ...files);
    const [, , until, held, late] = plan;
    this.told = { begun, at: clockMs(), glances, columns: 1 + 2 * (loops.length / 5) + listeners.length / 7 };
    // Of times since `begun` to those since now.
    for (let turnedAt = 4; turnedAt < loops.length; turnedAt += 5) loops[turnedAt] = 0;
    const untilMs = clock.when(begun + until) - this.told.at;
    // On a server that is never still.
    const times = Float64Array.of(0, 4 * told[sliceMs], untilMs, held, late, 0, 0);
    super.rest(times, listeners, loops, glances, ...files);
  }
  stop() {
    const taken = super.stop();
    if (!this.told) return taken;
    const { begun, at, glances, columns } = this.told;
    for (let i = 0; i < taken; i += 1) glances[i * columns] = clock.read(at + glances[i * columns]) - begun;
    this.told = undefined;
    return taken;
  }
};
require(observer);
