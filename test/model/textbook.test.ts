import test from "ava";
import { simulate } from "../../src/model/index.js";
import type { AcceptResult } from "../../src/model/index.js";

/** The text's server: one request at a time, 100 ms each. */
const server = { serviceTime: 0.1 };
const atRate = (rate: number, until: number, backlog = 4096): AcceptResult =>
  simulate({
    kind: "accept",
    listener: { backlog },
    arrivals: [{ from: 0, until, rate }],
    accepts: server,
    until: until - 0.001,
  });

test("5 requests a second: nobody waits", (t) => {
  const { peakAcceptQueue, wait, accepted } = atRate(5, 20);
  t.deepEqual([peakAcceptQueue, wait.max, accepted], [1, 0, 100]);
});

test("10 requests a second: the server is just busy all the time and nobody waits", (t) => {
  t.is(atRate(10, 20).wait.max, 0);
});

test("11 requests a second: one more waits every second, and waits longer and longer", (t) => {
  const [early, late] = [atRate(11, 10), atRate(11, 100)];
  t.deepEqual([early.timeline.at(-1)?.acceptQueue, late.timeline.at(-1)?.acceptQueue], [10, 100]);
  t.is(Math.round(late.wait.max ?? 0), 9);
});

test("20 requests a second: half of them are still waiting", (t) => {
  const { accepted, timeline } = atRate(20, 10);
  t.deepEqual([accepted, timeline.at(-1)?.acceptQueue], [100, 100]);
});

test("20 requests a second into a queue of 5: the queue stays full, the rest is turned away and tries again", (t) => {
  const { accepted, peakAcceptQueue, overflows, wait } = atRate(20, 10, 4);
  t.deepEqual([accepted, peakAcceptQueue], [100, 5]);
  t.true(overflows > 80);
  t.true((wait.max ?? 9) <= 0.5001);
});

const ten = (backlog: number): AcceptResult =>
  simulate({
    kind: "accept",
    listener: { backlog },
    arrivals: [{ at: 0, count: 10 }],
    accepts: server,
    until: 5,
  });

test("ten at once and then quiet, with a queue that holds them: all are served within a second", (t) => {
  const { accepted, overflows, connects } = ten(16);
  t.deepEqual([accepted, overflows], [10, 0]);
  t.deepEqual(
    connects.map(({ acceptedAt }) => acceptedAt),
    [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9],
  );
});

test("ten at once and then quiet, with hardly any queue: the others come back after a second and more", (t) => {
  const { accepted, connects, overflows, ghosts } = ten(0);
  t.true(overflows > 0);
  t.true(accepted + ghosts <= 10);
  t.true(connects.some(({ acceptedAt }) => acceptedAt !== null && acceptedAt > 1));
});

test("the overflow counter counts attempts, not clients: every retry is one more", (t) => {
  const scenario = { kind: "accept", listener: { backlog: 4 }, arrivals: [{ at: 0, count: 10 }] } as const;
  const after = (until: number) => simulate({ ...scenario, until }).overflows;
  t.deepEqual(
    [after(0.5), after(1.5), after(2.5), after(3.5), after(4.5), after(5.5), after(6.5), after(7.5)],
    [5, 10, 15, 20, 25, 30, 30, 35],
  );
});
