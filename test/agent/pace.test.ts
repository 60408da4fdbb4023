import test from "ava";
import { createBudget, createPace, type PaceSigns } from "../../src/agent/pace.js";

const quiet = (at: number): PaceSigns => ({ at, listeners: 1, queueGrows: false, loopLateMs: 0 });

const none = { pressed: false, followed: false };

test("the pace is quick while a queue grows or a loop is late, outlives its reason by a second, and slows down again", (t) => {
  const pace = createPace({ sampleMs: 100, intervalMs: 1000 });
  const delays = [
    pace.next(quiet(0), none),
    pace.next({ ...quiet(100), queueGrows: true }, none),
    pace.next(quiet(120), none),
    pace.next(quiet(1099), none),
    pace.next(quiet(1100), none),
    pace.next({ ...quiet(1200), loopLateMs: 60 }, none),
    pace.next(quiet(2200), none),
    pace.next(quiet(2300), { ...none, pressed: true }),
  ];
  t.deepEqual(delays, [100, 20, 20, 20, 100, 20, 100, 20]);
});

test("a process without listeners is looked at once an interval, whatever its loop does", (t) => {
  const pace = createPace({ sampleMs: 100, intervalMs: 1000 });
  t.is(pace.next({ ...quiet(0), listeners: 0, loopLateMs: 5000 }, { ...none, pressed: true }), 1000);
});

test("connections in trouble are looked at five times a second, without listeners too", (t) => {
  const pace = createPace({ sampleMs: 1000, intervalMs: 1000 });
  t.deepEqual(
    [1, 0].map((listeners) => pace.next({ ...quiet(0), listeners }, { ...none, followed: true })),
    [200, 200],
  );
});

test("a sampling interval below the fast pace is kept", (t) => {
  const pace = createPace({ sampleMs: 5, intervalMs: 1000 });
  t.is(pace.next({ ...quiet(0), queueGrows: true }, none), 5);
});

test("a budget stretches the time between readings until their cost is its share", (t) => {
  const clock = [0, 30];
  const budget = createBudget(0.01, undefined, () => clock.shift()!);
  t.true(budget.isDue(0, 1000));
  budget.spend(0, () => undefined);
  t.deepEqual(
    [1000, 2999, 3000].map((at) => budget.isDue(at, 1000)),
    [false, false, true],
  );
});

test("a budget for the long run is spent at once, then as fast as it is saved up", (t) => {
  let spentMs = 0;
  const budget = createBudget(0.1, { share: 0.005, savedMs: 100 }, () => spentMs);
  const runs: number[] = [];
  for (let at = 0; at <= 60_000; at += 100) {
    if (!budget.isDue(at, 20)) continue;
    budget.spend(at, () => {
      spentMs += 60;
    });
    runs.push(at);
  }
  t.deepEqual(runs, [0, 600, 4100, 16_100, 28_100, 40_100, 52_100]);
});
