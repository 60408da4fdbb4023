// Deferred accepts, groups, several servers, kernel generations, and what both policies of a full queue cost.
import test from "ava";
import { type AcceptResult, observeModel, simulate } from "../../src/model/index.js";
import { firingTick } from "../../src/model/timer-wheel.js";

const run = (scenario: object): AcceptResult => simulate({ kind: "accept", ...scenario }) as AcceptResult;
const often = [{ from: 0, until: 10, rate: 200 }];
const waits = ({ connects }: AcceptResult) => connects.map(({ acceptedAt }) => acceptedAt && Math.round(acceptedAt));

test("TCP_DEFER_ACCEPT 3: a silent client is accepted after 3 s, one that speaks at once", (t) => {
  const deferred = (speakFirst: boolean) =>
    run({
      listener: { backlog: 8, deferAccept: 3 },
      arrivals: [{ at: 0, count: 3 }],
      accepts: often,
      clients: { speakFirst },
      until: 5,
    });
  t.deepEqual(waits(deferred(true)), [0, 0, 0]);
  t.deepEqual(waits(deferred(false)), [3, 3, 3]);
  t.like(deferred(false), { listenerDrops: 3, drops: 0, counters: { TCPDeferAcceptDrop: 3, PassiveOpens: 3 } });
});

test("while its data is awaited a client is deferred: no ghost, and a place in the SYN queue", (t) => {
  const listener = { backlog: 8, deferAccept: 3 };
  const result = run({ listener, arrivals: [{ at: 0, count: 4 }], until: 2 });
  t.deepEqual(
    result.connects.map(({ outcome }) => outcome),
    ["deferred", "deferred", "deferred", "deferred"],
  );
  t.deepEqual([result.ghosts, result.timeline.at(-1)?.synQueue], [0, 4]);
});

test("two listeners of a SO_REUSEPORT group with a backlog of 2 take 3 each, and the rest is dropped where it was hashed to", (t) => {
  const hashed = Array.from({ length: 40 }, (_, index) => (index % 5 < 3 ? 0 : 1));
  const listener = { backlog: 2, reuseport: 2, hashed };
  const { members, overflows } = run({ listener, arrivals: [{ at: 0, count: 40 }], until: 0.5 });
  t.is(overflows, 34);
  t.deepEqual(members, [
    { admitted: 3, accepted: 0, listenerDrops: 21, peakAcceptQueue: 3 },
    { admitted: 3, accepted: 0, listenerDrops: 13, peakAcceptQueue: 3 },
  ]);
});

test("one slow worker of a group overflows alone", (t) => {
  const quick = { serviceTime: 0.005 };
  const { members } = run({
    listener: { backlog: 8, reuseport: 4 },
    arrivals: [{ from: 0, until: 5, rate: 80 }],
    accepts: { servers: [quick, quick, { serviceTime: 0.2 }, quick] },
    until: 6,
  });
  const drops = members?.map(({ listenerDrops }) => listenerDrops) ?? [];
  t.deepEqual([drops[0], drops[1], drops[3]], [0, 0, 0]);
  t.true(drops[2]! > 50, `${drops[2]}`);
});

test("several servers share one listener: two loops serve what one cannot", (t) => {
  const served = (workers: number) =>
    run({
      listener: { backlog: 32 },
      arrivals: [{ from: 0, until: 5, rate: 80 }],
      accepts: { acceptsPerIteration: 1, serviceTime: 0.02, workers },
      until: 6,
    });
  t.true(served(1).overflows > 0);
  t.deepEqual([served(2).overflows, served(2).accepted], [0, 400]);
});

test("a loop that accepts until the queue is empty takes a burst in one iteration, and its clients wait for each other", (t) => {
  const burst = (acceptsPerIteration: number | "all") =>
    run({
      listener: { backlog: 511 },
      arrivals: [{ at: 0, count: 100 }],
      accepts: { acceptsPerIteration, serviceTime: 0.001 },
      until: 2,
    });
  // The loop is woken by the first, so that one is taken alone.
  t.deepEqual([burst("all").wait.max! < 0.01, Math.round(burst(1).wait.max! * 100)], [true, 10]);
});

test("a group is observed listener by listener", (t) => {
  const [snapshot] = observeModel({
    kind: "accept",
    listener: { backlog: 4, reuseport: 2, hashed: [0, 1, 1] },
    arrivals: [{ at: 0, count: 3 }],
    until: 1,
  });
  t.deepEqual(
    snapshot?.listeners.map(({ cookie, length }) => [cookie, length]),
    [
      [1n, 1],
      [2n, 2],
    ],
  );
});

test("with the host's settings goes the host's kernel, unless the scenario names one", (t) => {
  const held = (kernel: object) => {
    const scenario = { kind: "accept", listener: { backlog: 16 }, sysctl: { base: "host" }, until: 0.5, ...kernel };
    const arrivals = [{ at: 0, count: 50, spoofed: true }];
    const options = { host: { tcp_syncookies: 0 }, release: "6.1.0-13-cloud" };
    return (simulate({ ...scenario, arrivals }, options) as AcceptResult).timeline.at(-1)?.synQueue;
  };
  t.deepEqual([held({}), held({ kernel: "6.18" })], [16, 17]);
});

for (const [kernel, held] of [
  ["6.18", 17],
  ["6.12.10-amd64", 17],
  ["6.12.9", 16],
  ["6.1.0-13-cloud", 16],
  ["5.15.177", 17],
  ["4.19", 16],
] as const)
  test(`Linux ${kernel} holds ${held} requests at a backlog of 16 without cookies`, (t) => {
    const arrivals = [{ at: 0, count: 50, spoofed: true }];
    const result = run({ kernel, listener: { backlog: 16 }, sysctl: { tcp_syncookies: 0 }, arrivals, until: 0.5 });
    t.is(result.timeline.at(-1)?.synQueue, held);
  });

test("before 6.5 SYNs are repeated after 1, 2 and 4 s, and before 5.4 somaxconn is 128", (t) => {
  const of = (kernel: string) =>
    run({ kernel, listener: { backlog: 0 }, arrivals: [{ at: 0, count: 2 }], until: 7.9 }).connects[1]?.synAttempts;
  t.deepEqual([of("6.4"), of("6.5")], [4, 7]);
  const limitOf = (kernel: string) => run({ kernel, listener: { backlog: 511 }, arrivals: [], until: 1 }).limit;
  t.deepEqual([limitOf("5.3"), limitOf("5.4")], [128, 511]);
});

test("a short queue turns clients away and costs little memory, a long one holds them and lets them wait", (t) => {
  const cost = (backlog: number, tcp_abort_on_overflow = 0) =>
    run({
      listener: { backlog },
      sysctl: { tcp_abort_on_overflow },
      rtt: 0.02,
      arrivals: [{ at: 0, count: 100 }],
      accepts: { workers: 1, serviceTime: 0.05 },
      clients: { timeout: 2 },
      until: 10,
    }).cost;
  // A socket of 2368 bytes and a request of 320 each.
  t.is(cost(511).peakQueuedBytes, 100 * 2688);
  t.deepEqual([cost(511).turnedAway, Math.round(cost(511).clientWait.max!)], [0, 5]);
  const short = cost(9);
  t.is(short.peakQueuedBytes, 10 * 2688);
  t.true(short.turnedAway >= 85 && short.clientWait.max! < 1, JSON.stringify(short));
});

test("a client speaks when it was seen to, or never", (t) => {
  const { connects } = run({
    listener: { backlog: 8, deferAccept: 3 },
    arrivals: [{ at: 0, count: 3 }],
    accepts: often,
    clients: { speakFirst: true, spokenAt: [0.5, null] },
    until: 2.5,
  });
  // The first deferred accept is that of the third client, who speaks at once.
  t.deepEqual(
    connects.map(({ acceptedAt }) => acceptedAt),
    [0.5, null, 0],
  );
});

test("what a watched link carried arrives when it did", (t) => {
  const trains = {
    toListener: [
      [0.01, 0.06],
      [0.2, 0.21],
    ],
    toClients: [[0.1, 0.15]],
  };
  const { connects } = run({
    listener: { backlog: 8 },
    rtt: 0.1,
    trains,
    arrivals: [{ at: 0, count: 1 }],
    accepts: often,
    until: 1,
  });
  t.deepEqual(
    connects.map(({ connectedAt, acceptedAt }) => [connectedAt, acceptedAt]),
    [[0.15, 0.21]],
  );
});

test("a timer that is armed once a bucket has fired in its tick is one tick nearer: 63 ticks are exact, 504 not four times as coarse", (t) => {
  t.deepEqual([firingTick(83, 63), firingTick(83, 63, true)], [152, 147]);
  t.deepEqual([firingTick(530, 504), firingTick(530, 504, true)], [1088, 1040]);
});

for (const [broken, message] of [
  [{ kernel: "3.10" }, '$.kernel: "3.10" is not accepted here, a release from "4.10", as "6.12" or "6.1.125", is'],
  [
    { listener: { backlog: 1, reuseport: 2, hashed: [0, 2] } },
    "$.listener.hashed[1]: 2 is not accepted here, a member below 2 is",
  ],
  [
    { listener: { backlog: 1, reuseport: 2 }, accepts: { servers: [[]] } },
    "$.accepts.servers: [[]] is not accepted here, a list of 2, one for each member, is",
  ],
] as const)
  test(`${message.split(":")[0]} is refused in one line`, (t) => {
    const error = t.throws(() => run({ listener: { backlog: 1 }, arrivals: [], ...broken }));
    t.is(error?.message, message);
  });
