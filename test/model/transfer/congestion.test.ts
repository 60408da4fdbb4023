import test from "ava";
import type { AckSample, Congestion, CongestionName } from "../../../src/model/transfer/congestion.js";
import { createCongestion } from "../../../src/model/transfer/congestion/create.js";
import { cubeRoot } from "../../../src/model/transfer/congestion/cubic.js";

const mss = 1448;
const ms = 1e6;

const ackOf = (sample: Partial<AckSample>): AckSample => ({
  now: 0,
  acked: 1,
  lost: 0,
  advanced: true,
  priorInFlight: 0,
  inFlight: 0,
  packetsOut: 0,
  rtt: undefined,
  smoothedRtt: undefined,
  minRtt: undefined,
  una: 0,
  nxt: 0,
  ...sample,
});

interface Flow {
  readonly congestion: Congestion;
  /** Sends a whole window and gets it acknowledged a round trip later, packet by packet. */
  round(packets?: number): void;
  now(): number;
}

/** A sender that always has something to send, over a path that takes any rate. */
const flowOf = (name: CongestionName, rtt = 40 * ms): Flow => {
  const congestion = createCongestion({ name, mss, rtt });
  let now = 0;
  let nxt = 0;
  return {
    congestion,
    now: () => now,
    round: (packets = congestion.cwnd()) => {
      const una = nxt;
      nxt += packets;
      const stamp = congestion.onSegment(packets * mss, 0, now);
      const hitWindow = packets >= congestion.cwnd();
      const isAppLimited = !hitWindow;
      congestion.onSent({
        now,
        packetsOut: packets,
        inFlight: packets,
        hitWindow,
        isAppLimited,
        una,
        nxt,
        rto: 240 * ms,
      });
      now += rtt;
      const path = { now, nxt, rtt, smoothedRtt: rtt, minRtt: rtt, stamp };
      for (let left = packets - 1; left >= 0; left -= 1)
        congestion.onAck(
          ackOf({ ...path, priorInFlight: left + 1, inFlight: left, packetsOut: left, una: nxt - left }),
        );
    },
  };
};
const windowsOf = (flow: Flow, rounds: number): readonly number[] =>
  Array.from({ length: rounds }, () => {
    flow.round();
    return flow.congestion.cwnd();
  });

for (const name of ["reno", "cubic"] as const)
  test(`${name} begins with ten packets and doubles them every round trip`, (t) => {
    const flow = flowOf(name);
    t.is(flow.congestion.cwnd(), 10);
    t.deepEqual(windowsOf(flow, 4), [20, 40, 80, 160]);
  });

test("a window that is not used does not grow beyond twice what is", (t) => {
  const flow = flowOf("cubic");
  for (let round = 0; round < 10; round += 1) flow.round(8);
  t.is(flow.congestion.cwnd(), 16);
});

for (const [name, ssthresh] of [
  ["reno", 80],
  ["cubic", 112],
] as const)
  test(`a loss at 160 packets leaves ${name} ${ssthresh}`, (t) => {
    const flow = flowOf(name);
    windowsOf(flow, 4);
    flow.congestion.onRecovery(flow.now());
    t.is(flow.congestion.ssthresh(), ssthresh);
    flow.congestion.onRecovered(flow.now());
    t.is(flow.congestion.cwnd(), ssthresh);
  });

test("reno grows by one packet a round trip after a loss", (t) => {
  const flow = flowOf("reno");
  windowsOf(flow, 4);
  flow.congestion.onRecovery(flow.now());
  flow.congestion.onRecovered(flow.now());
  t.deepEqual(windowsOf(flow, 3), [81, 82, 83]);
});

test("cubic is back within a packet of the window of the loss ∛(1 / 0.4) seconds before K = ∛(0.3 · W / 0.4)", (t) => {
  const flow = flowOf("cubic", 200 * ms);
  windowsOf(flow, 4);
  flow.congestion.onRecovery(flow.now());
  flow.congestion.onRecovered(flow.now());
  const lost = flow.now();
  while (flow.congestion.cwnd() < 160) flow.round();
  // K = 4.93 s, 1.36 s before it, and the target is that of a round trip later
  const seconds = (flow.now() - lost) / 1e9;
  t.true(Math.abs(seconds - (4.93 - 1.36 - 0.2)) < 0.1, `${seconds} s`);
});

test("over 5 ms cubic is no slower than reno would be: 0.53 packets a round trip", (t) => {
  const flow = flowOf("cubic", 5 * ms);
  windowsOf(flow, 4);
  flow.congestion.onRecovery(flow.now());
  flow.congestion.onRecovered(flow.now());
  for (let round = 0; round < 60; round += 1) flow.round();
  const grown = flow.congestion.cwnd() - 112;
  t.true(grown >= 30 && grown <= 34, `${grown} packets in 60 round trips`);
});

test("the integer cube root is the largest whose cube is not above", (t) => {
  const values = [0n, 1n, 7n, 8n, 26n, 27n, 1_000_000n, 2n ** 60n, 2n ** 60n - 1n];
  t.deepEqual(values.map(cubeRoot), [0n, 1n, 1n, 2n, 2n, 3n, 100n, 2n ** 20n, 2n ** 20n - 1n]);
});

test("a timeout leaves one packet, and slow start goes on to the threshold", (t) => {
  const flow = flowOf("reno");
  windowsOf(flow, 4);
  flow.congestion.onTimeout(0, flow.now());
  t.deepEqual([flow.congestion.cwnd(), flow.congestion.ssthresh()], [1, 80]);
  flow.congestion.onRecovered(flow.now());
  t.deepEqual(windowsOf(flow, 8), [2, 4, 8, 16, 32, 64, 80, 81]);
});

test("a timeout that was for nothing is undone", (t) => {
  const flow = flowOf("cubic");
  windowsOf(flow, 4);
  flow.congestion.onTimeout(0, flow.now());
  flow.congestion.onUndo(flow.now());
  t.is(flow.congestion.cwnd(), 160);
});

test("recovery sends in proportion to what arrives and ends at the threshold", (t) => {
  const flow = flowOf("reno");
  windowsOf(flow, 1);
  const { congestion } = flow;
  congestion.onRecovery(flow.now());
  let inFlight = 16;
  for (let ack = 0; ack < 30; ack += 1) {
    inFlight -= 1;
    congestion.onAck(ackOf({ inFlight, priorInFlight: inFlight + 1, advanced: false }));
    const sends = Math.max(0, congestion.cwnd() - inFlight);
    if (sends > 0) congestion.onSegment(sends * mss, inFlight, flow.now());
    inFlight += sends;
  }
  t.deepEqual([congestion.ssthresh(), inFlight], [10, 10]);
});

test("a silence of two timeouts and a half halves the window twice", (t) => {
  const flow = flowOf("cubic");
  windowsOf(flow, 3);
  flow.congestion.onIdle(600 * ms, 240 * ms, flow.now() + 600 * ms);
  t.is(flow.congestion.cwnd(), 20);
});

// Measured: how a first write of ten packets or more leaves, by the path's round trip.
for (const [rtt, segments] of [
  [40 * ms, 2],
  [4.9 * ms, 4],
  [0.05 * ms, 45],
] as const)
  test(`with a round trip of ${rtt / ms} ms a first super-segment holds ${segments} packets`, (t) =>
    t.is(createCongestion({ name: "cubic", mss, rtt }).tsoSegments(), segments));

test("no more than half the window leaves in one super-segment", (t) => {
  const congestion = createCongestion({ name: "cubic", mss, rtt: 50_000 });
  t.deepEqual([congestion.quota(0), congestion.quota(5), congestion.quota(8), congestion.quota(10)], [5, 5, 2, 0]);
});

test("the pacing rate is twice the window a round trip, and 1.2 times near the threshold", (t) => {
  const flow = flowOf("cubic");
  t.is(flow.congestion.pacingRate(), (2 * 10 * mss) / 0.04);
  windowsOf(flow, 4);
  flow.congestion.onRecovery(flow.now());
  flow.congestion.onRecovered(flow.now());
  flow.round(1);
  t.is(flow.congestion.pacingRate(), (1.2 * 112 * mss) / 0.04);
});

test("cubic is not paced, bbr is after the first ten packets", (t) => {
  const cubic = createCongestion({ name: "cubic", mss, rtt: 40 * ms });
  cubic.onSegment(20 * mss, 0, 0);
  t.deepEqual([cubic.isPaced, cubic.departsAt()], [false, 0]);
  const bbr = createCongestion({ name: "bbr", mss, rtt: 40 * ms });
  bbr.onSegment(9 * mss, 0, 0);
  t.deepEqual([bbr.isPaced, bbr.departsAt()], [true, 0]);
  bbr.onSegment(mss, 9, 0);
  const takes = Math.floor((mss * 1e9) / bbr.pacingRate());
  t.is(bbr.departsAt(), takes);
});

test("bbr finds the rate of a full pipe and holds two round trips' worth", (t) => {
  const congestion = createCongestion({ name: "bbr", mss, rtt: 40 * ms });
  // One packet a millisecond comes through, 40 ms after it left: 40 packets fill the pipe.
  const inFlight: { readonly until: number; readonly stamp: ReturnType<Congestion["onSegment"]> }[] = [];
  let [free, nxt] = [0, 0];
  for (let now = 0; now < 5000 * ms; now += ms / 4) {
    while (inFlight.length > 0 && inFlight[0]!.until <= now) {
      const { stamp } = inFlight.shift()!;
      const rtt = now - stamp.sentNanos;
      const una = nxt - inFlight.length;
      const counts = { priorInFlight: inFlight.length + 1, inFlight: inFlight.length, packetsOut: inFlight.length };
      congestion.onAck(ackOf({ now, rtt, smoothedRtt: rtt, minRtt: 40 * ms, una, nxt, stamp, ...counts }));
    }
    while (congestion.quota(inFlight.length) > 0 && congestion.departsAt() <= now) {
      const stamp = congestion.onSegment(mss, inFlight.length, now);
      free = Math.max(free, now) + ms;
      inFlight.push({ until: free + 39 * ms, stamp });
      nxt += 1;
    }
  }
  const megabits = (congestion.pacingRate() * 8) / 1e6;
  t.true(megabits > 8 && megabits < 15, `paced at ${megabits} Mbit/s of 11.6`);
  t.true(congestion.cwnd() >= 80 && congestion.cwnd() <= 100, `a window of ${congestion.cwnd()} packets`);
});

test("autotuning gives bbr three windows of memory, the others two", (t) => {
  const factors = (["reno", "cubic", "bbr"] as const).map((name) => createCongestion({ name, mss }).sndbufFactor);
  t.deepEqual(factors, [2, 2, 3]);
});

test("a sender's device may hold a millisecond of its rate, and two buffers at least", (t) => {
  const { congestion } = flowOf("cubic");
  t.deepEqual([congestion.smallQueueLimit(2280), congestion.smallQueueLimit(65_992)], [4560, 131_984]);
});
