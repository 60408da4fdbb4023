import test from "ava";
import { glanceSnapshot } from "../../src/agent/glance.js";
import type { LoopReading, Snapshot } from "../../src/snapshot/snapshot.js";

const loop = (iterations: number, cpuMs?: number): LoopReading => ({
  id: 1,
  tid: 100,
  main: true,
  iterations,
  task: cpuMs === undefined ? undefined : { state: "S", cpuMs, runqueueMs: 5 },
});
const snapshot = (at: number, reading: LoopReading, throttledMs: number): Snapshot => ({
  time: at,
  at,
  source: "process",
  process: { pid: 1, cpuQuota: { periods: 1, throttledPeriods: 1, throttledMs } },
  loops: [reading],
  listeners: [],
});

test("a glance takes what it did not read from the look before, no more than the time since it apart", (t) => {
  const earlier = snapshot(0, loop(1, 100), 0);
  const later = snapshot(1000, loop(3, 900), 30);
  t.deepEqual(glanceSnapshot({ at: 900, time: 900, listeners: [], loops: [loop(2)] }, earlier, later), {
    time: 900,
    at: 900,
    source: "process",
    process: { pid: 1, cpuQuota: { periods: 1, throttledPeriods: 1, throttledMs: 0 }, observer: undefined },
    sysctl: undefined,
    loops: [{ ...loop(2), task: { state: "S", cpuMs: 800, runqueueMs: 5 } }],
    listeners: [],
  });
});
