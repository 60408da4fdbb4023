import test from "ava";
import { simulate } from "../../src/model/index.js";
import type { AcceptResult } from "../../src/model/index.js";

const run = (scenario: object): AcceptResult => simulate({ kind: "accept", ...scenario }) as AcceptResult;
const burst = (count: number) => [{ at: 0, count }];
const figures = ({ admitted, overflows, drops, listenerDrops, ghosts, resets }: AcceptResult) => ({
  admitted,
  overflows,
  drops,
  listenerDrops,
  ghosts,
  resets,
});
const attempts = (sysctl: object, until: number) =>
  run({ listener: { backlog: 0 }, sysctl, arrivals: burst(2), until }).connects[1];

for (const [backlog, admitted] of [
  [0, 1],
  [1, 2],
  [4, 5],
  [128, 129],
] as const)
  test(`a backlog of ${backlog} admits ${admitted}`, (t) => {
    const result = run({ listener: { backlog }, arrivals: burst(300), until: 0.5 });
    t.deepEqual([result.admitted, result.peakAcceptQueue], [admitted, admitted]);
  });

test("somaxconn cuts the backlog when listen is called, and a negative backlog asks for as much as there is", (t) => {
  const limit = (backlog: number) =>
    run({ listener: { backlog }, sysctl: { somaxconn: 10 }, arrivals: [], until: 1 }).limit;
  t.deepEqual([limit(5), limit(50), limit(-1)], [5, 10, 10]);
});

for (const [until, overflows] of [
  [0.3, 262],
  [1.3, 524],
  [2.4, 786],
] as const)
  test(`391 clients of a backlog of 128 that nobody empties have cost ${overflows} overflows after ${until} s`, (t) => {
    const result = run({ listener: { backlog: 128 }, arrivals: burst(391), until });
    t.deepEqual(figures(result), {
      admitted: 129,
      overflows,
      drops: overflows,
      listenerDrops: overflows,
      ghosts: 0,
      resets: 0,
    });
  });

for (const backlog of [0, 1, 4, 128])
  test(`a burst of ${3 * backlog + 7} that overlaps on a path of 20 ms connects everyone to a backlog of ${backlog}`, (t) => {
    const count = 3 * backlog + 7;
    const result = run({ listener: { backlog }, rtt: 0.02, arrivals: burst(count), until: 3 });
    const surplus = count - backlog - 1;
    t.deepEqual(figures(result), {
      admitted: backlog + 1,
      overflows: surplus,
      drops: surplus,
      listenerDrops: surplus,
      ghosts: surplus,
      resets: 0,
    });
    t.true(result.connects.every(({ connectedAt, synAttempts }) => connectedAt !== null && synAttempts === 1));
  });

test("without cookies the SYN queue holds limit + 1 and the rest is dropped without an overflow", (t) => {
  const flood = [{ at: 0, count: 100, spoofed: true }];
  const result = run({ listener: { backlog: 16 }, sysctl: { tcp_syncookies: 0 }, arrivals: flood, until: 0.5 });
  t.deepEqual(result.counters, { ListenDrops: 83, TCPReqQFullDrop: 83 });
  t.is(result.timeline.at(-1)?.synQueue, 17);
});

for (const [most, held] of [
  [64, 49],
  [256, 193],
] as const)
  test(`without cookies tcp_max_syn_backlog ${most} lets in ${held} unknown peers and counts only ListenDrops`, (t) => {
    const sysctl = { tcp_syncookies: 0, tcp_max_syn_backlog: most };
    const arrivals = [{ at: 0, count: 600, spoofed: true }];
    const result = run({ listener: { backlog: 1024 }, sysctl, arrivals, until: 0.5 });
    t.is(result.timeline.at(-1)?.synQueue, held);
    t.deepEqual(result.counters, { ListenDrops: 600 - held });
  });

test("with cookies tcp_max_syn_backlog is not used", (t) => {
  const arrivals = [{ at: 0, count: 600, spoofed: true }];
  const result = run({ listener: { backlog: 1024 }, sysctl: { tcp_max_syn_backlog: 256 }, arrivals, until: 0.5 });
  t.is(result.timeline.at(-1)?.synQueue, 600);
});

for (const [sysctl, synAttempts, end] of [
  [{}, 11, 134.3],
  [{ tcp_syn_linear_timeouts: 0 }, 7, 130.2],
  [{ tcp_syn_retries: 2 }, 6, 7.13],
  [{ tcp_syn_retries: 1 }, 3, 3.06],
] as const)
  test(`a client with ${JSON.stringify(sysctl)} sends ${synAttempts} SYNs and gives up after about ${end} s`, (t) => {
    t.like(attempts(sysctl, end - 0.9), { synAttempts, outcome: "pending" });
    t.like(attempts(sysctl, end + 2), { synAttempts, outcome: "timed-out" });
  });

test("the SYN grid is 0, 1, 2, 3, 4, 5, 7, 11, 19, 35, 68 s with the wheel's rounding", (t) => {
  const measured = [0, 1.01, 2.04, 3.06, 4.08, 5.11, 7.13, 11.38, 19.57, 35.7, 68.72];
  for (const [index, at] of measured.entries()) {
    const grain = Math.max(0.03, at / 16);
    t.true((attempts({}, at + grain)?.synAttempts ?? 0) >= index + 1, `SYN ${index + 1} was sent by ${at + grain} s`);
    t.true(at < 0.1 || (attempts({}, at - grain)?.synAttempts ?? 99) <= index, `not before ${at - grain} s`);
  }
});

test("a half-open connection is asked at 0, 1, 3, 7, 15, 31 s and gone by 72 s", (t) => {
  const arrivals = [{ at: 0, count: 4, spoofed: true }];
  const held = (until: number) => run({ listener: { backlog: 8 }, arrivals, until }).timeline.at(-1)?.synQueue;
  t.deepEqual([held(60), held(72)], [4, 0]);
});

test("a SYN queue that is more than half full lets old requests go after 7 s: 17 become 8", (t) => {
  const arrivals = [{ at: 0, count: 100, spoofed: true }];
  const held = (until: number) => run({ listener: { backlog: 16 }, arrivals, until }).timeline.at(-1)?.synQueue;
  t.deepEqual([held(3.5), held(7.7)], [17, 8]);
});
