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

/** The two policies of a full queue: let them wait inside, or turn them away to come again (no SYN cookies in the text). */
const policies = (backlog: number, clients = {}) =>
  simulate({
    kind: "accept",
    listener: { backlog },
    sysctl: { tcp_syncookies: 0 },
    arrivals: [{ at: 0, count: 10 }],
    accepts: server,
    clients,
    until: 30,
  }).cost;
/** What the kernel holds for a connection that nobody has accepted: a tcp_sock and its request. */
const connectionBytes = 2688;

test("queueing ten costs the memory of ten connections for a second, and nobody waits longer than the work takes", (t) => {
  t.deepEqual(policies(16), {
    peakQueuedBytes: 10 * connectionBytes,
    clientWait: { p50: 0.4, p95: 0.9, max: 0.9 },
    turnedAway: 0,
  });
});

test("turning nine of ten away costs the memory of one connection, and clients wait for their next attempt: seconds", (t) => {
  const { peakQueuedBytes, clientWait, turnedAway } = policies(0);
  t.deepEqual([peakQueuedBytes, turnedAway], [connectionBytes, 0]);
  t.true((clientWait.p50 ?? 0) > 3);
  t.true((clientWait.max ?? 0) > 10);
});

test("clients that do not come again are lost: a queue of five serves five of ten, each within half a second", (t) => {
  const { peakQueuedBytes, clientWait, turnedAway } = policies(4, { timeout: 0.5 });
  t.deepEqual([peakQueuedBytes, turnedAway], [5 * connectionBytes, 5]);
  t.true((clientWait.max ?? 1) <= 0.5);
});

test("at 20 a second for ten seconds no queue helps: the longer it is, the longer they wait in it, the shorter, the more come again", (t) => {
  const cost = (backlog: number) =>
    simulate({
      kind: "accept",
      listener: { backlog },
      sysctl: { tcp_syncookies: 0 },
      arrivals: [{ from: 0, until: 10, rate: 20 }],
      accepts: server,
      until: 30,
    });
  const [short, long] = [cost(4), cost(511)];
  t.deepEqual([short.accepted, long.accepted], [200, 200]);
  t.deepEqual([short.retried > 50, long.retried], [true, 0]);
  t.true((short.wait.max ?? 9) <= 0.51);
  t.is(long.wait.max, 9.95);
  // With the short queue the wait is outside, in repeated SYNs, and longer for the unlucky.
  t.true((short.cost.clientWait.max ?? 0) > (long.cost.clientWait.max ?? 0));
  t.true(long.cost.peakQueuedBytes > 10 * short.cost.peakQueuedBytes);
});

test("the overflow counter counts attempts, not clients: every retry is one more", (t) => {
  const scenario = { kind: "accept", listener: { backlog: 4 }, arrivals: [{ at: 0, count: 10 }] } as const;
  const after = (until: number) => simulate({ ...scenario, until }).overflows;
  t.deepEqual(
    [after(0.5), after(1.5), after(2.5), after(3.5), after(4.5), after(5.5), after(6.5), after(7.5)],
    [5, 10, 15, 20, 25, 30, 30, 35],
  );
});
