import test from "ava";
import { simulate } from "../../src/model/index.js";
import type { AcceptResult } from "../../src/model/index.js";

const run = (scenario: object): AcceptResult => simulate({ kind: "accept", ...scenario }) as AcceptResult;
const often = Array.from({ length: 40 }, (_, index) => ({ at: 2.5 + index / 10, count: "all" }));
const blocked = (tcp_syncookies: number) =>
  run({
    listener: { backlog: 4 },
    sysctl: { tcp_syncookies },
    arrivals: [{ at: 0, count: 19 }],
    accepts: often,
    until: 6.4,
  });
const grid = (result: AcceptResult) =>
  result.connects.map(({ connectedAt }) => Math.round((connectedAt ?? -1) * 10) / 10).sort((a, b) => a - b);

/** Two overlapping bursts: at the second the SYN queue takes 5 requests for which the accept queue has 2 places. */
const lateThird = {
  listener: { backlog: 4 },
  rtt: 0.02,
  arrivals: [
    { at: 0, count: 3 },
    { at: 0.5, count: 5 },
  ],
};

test("on loopback the retries of 14 clients overlap: with cookies 9 connect that are never accepted", (t) => {
  const { accepted, ghosts, connects } = blocked(1);
  t.deepEqual([accepted, ghosts], [10, 9]);
  t.true(connects.every(({ connectedAt }) => connectedAt !== null && connectedAt < 3.1));
});

test("on loopback without cookies all 19 arrive, at 3, 4 and 5 s", (t) => {
  const result = blocked(0);
  t.deepEqual([result.accepted, result.ghosts], [19, 0]);
  t.deepEqual(grid(result), [...Array(5).fill(0), ...Array(5).fill(3.1), ...Array(5).fill(4.1), ...Array(4).fill(5.1)]);
});

test("a third segment that finds the queue full costs one overflow, one drop and two at the listener", (t) => {
  const result = run({ ...lateThird, until: 1 });
  t.deepEqual(result.counters, { ListenOverflows: 3, ListenDrops: 3, PassiveOpens: 5 });
  t.is(result.listenerDrops, 6);
});

test("a dropped third segment is made good at the next SYN-ACK after there is room", (t) => {
  const result = run({
    ...lateThird,
    accepts: [
      { at: 1, count: "all" },
      { at: 4, count: "all" },
    ],
    until: 5,
  });
  t.deepEqual([result.accepted, result.ghosts, result.overflows], [8, 0, 3]);
});

test("tcp_abort_on_overflow resets whoever finds the queue full at the third segment", (t) => {
  const result = run({ ...lateThird, sysctl: { tcp_abort_on_overflow: 1 }, until: 1 });
  t.deepEqual(result.counters, { ListenOverflows: 3, ListenDrops: 3, EmbryonicRsts: 3, PassiveOpens: 5, OutRsts: 3 });
  t.deepEqual([result.resets, result.listenerDrops], [3, 6]);
  t.is(result.connects.filter(({ outcome, connectedAt }) => outcome === "reset" && connectedAt !== null).length, 3);
});

test("tcp_abort_on_overflow does nothing for SYNs, nor for cookies", (t) => {
  const sysctl = { tcp_abort_on_overflow: 1 };
  const serial = run({ listener: { backlog: 4 }, sysctl, arrivals: [{ at: 0, count: 19 }], until: 3.5 });
  const cookies = run({ listener: { backlog: 4 }, sysctl, rtt: 0.02, arrivals: [{ at: 0, count: 19 }], until: 3.5 });
  t.deepEqual([serial.resets, cookies.resets, cookies.ghosts], [0, 0, 14]);
});

test("a ghost that speaks first is let in by its data once there is room", (t) => {
  const ghosts = (speakFirst: boolean) =>
    run({
      listener: { backlog: 4 },
      rtt: 0.02,
      arrivals: [{ at: 0, count: 8 }],
      accepts: [{ at: 1.2, count: "all" }],
      clients: { speakFirst },
      until: 5,
    });
  t.deepEqual([ghosts(false).ghosts, ghosts(true).ghosts], [3, 0]);
  t.deepEqual(
    ghosts(true)
      .timeline.filter(({ at }) => at > 1.3)
      .map(({ at }) => Math.round(at * 10) / 10),
    [1.9],
  );
});

test("SYN cookies are one drop at the listener per attempt, and are no passive opens", (t) => {
  const result = run({ listener: { backlog: 4 }, rtt: 0.02, arrivals: [{ at: 0, count: 8 }], until: 1 });
  t.deepEqual(result.counters, {
    ListenOverflows: 3,
    ListenDrops: 3,
    TCPReqQFullDoCookies: 3,
    SyncookiesSent: 3,
    SyncookiesRecv: 3,
    PassiveOpens: 5,
  });
  t.is(result.listenerDrops, 3);
});

test("a listener that closes resets whoever waits in its queue", (t) => {
  const result = run({ listener: { backlog: 8, closeAt: 1 }, arrivals: [{ at: 0, count: 6 }], until: 2 });
  t.like(result, { resets: 6, ghosts: 0, counters: { PassiveOpens: 6, EstabResets: 6, OutRsts: 6 } });
});

test("a client that loses patience closes and still takes a place and an accept", (t) => {
  const scenario = { listener: { backlog: 1 }, arrivals: [{ at: 0, count: 3 }], clients: { patience: 0.5 } };
  const result = run({ ...scenario, accepts: [{ at: 1.5, count: "all" }], until: 3 });
  t.deepEqual(
    result.connects.map(({ outcome }) => outcome),
    ["accepted", "accepted", "timed-out"],
  );
});

test("a ghost whose data comes two turns of the cookie clock late is reset, and counted (seed 4)", (t) => {
  const ghost = (room: number) =>
    run({
      listener: { backlog: 0 },
      rtt: 0.02,
      arrivals: [{ at: 0, count: 2 }],
      accepts: [{ at: room, count: "all" }],
      clients: { speakFirst: true },
      seed: 4,
      until: 130,
    });
  t.like(ghost(20), { accepted: 1, admitted: 2, resets: 0, ghosts: 0 });
  t.like(ghost(90), { accepted: 1, admitted: 1, resets: 1, ghosts: 0 });
  t.is(ghost(90).counters.SyncookiesFailed, 1);
});
