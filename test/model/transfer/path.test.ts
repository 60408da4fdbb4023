import test from "ava";
import { createEngine, toNanos } from "../../../src/model/engine.js";
import { createPath } from "../../../src/model/transfer/path/create.js";
import type { PathSpec } from "../../../src/model/transfer/scenario.js";
import type { Segment, Skb } from "../../../src/model/transfer/segment.js";
import { createSoftirq } from "../../../src/model/transfer/softirq.js";

const mss = 1448;
const segmentOf = (bytes: number, seq = 0): Segment => ({
  seq,
  bytes,
  ack: 0,
  window: 65_536,
  push: false,
  fin: false,
  rst: false,
  mss,
  sack: [],
  sentAt: 0,
  echo: undefined,
  truesize: 832 + bytes,
  frags: 1,
  fragBytes: [bytes],
});

interface Arrival {
  readonly at: number;
  readonly skb: Skb;
}

/** Sends the segments at once and tells what arrives until a second later. */
const arrivalsOf = (spec: PathSpec, segments: readonly Segment[]) => {
  const engine = createEngine(1);
  const path = createPath(engine, createSoftirq(), spec);
  const arrivals: Arrival[] = [];
  const freed: number[] = [];
  path.onArrival("receiver", (skb) => arrivals.push({ at: engine.now(), skb }));
  for (const segment of segments) path.send("sender", segment, () => freed.push(engine.now()));
  engine.runUntil(toNanos(1));
  return { arrivals, freed };
};
const truesizes = (spec: PathSpec, bytes: number): readonly number[] =>
  arrivalsOf(spec, [segmentOf(bytes)]).arrivals.map(({ skb }) => skb.truesize);

const tun: PathSpec = { device: "wire", delayedLink: "tun", gso: false };
const tunWithTso: PathSpec = { device: "wire", delayedLink: "tun" };

// Measured: SO_MEMINFO of the receiver after one write of so many bytes, nothing merged.
for (const [title, spec, bytes, expected] of [
  ["one byte over loopback costs a buffer's head and itself", { device: "loopback" }, 1, [833]],
  ["a full super-segment over veth stays the sender's buffer", { device: "veth" }, 65_160, [65_992]],
  ["without GSO veth hands over a head for each packet", { device: "veth", gso: false }, 4344, [2280, 2280, 2280]],
  ["the last packet of a cut segment is as long as what is left", { device: "veth", gso: false }, 1449, [2280, 833]],
  ["one byte over TUN takes a small head", tun, 1, [832]],
  ["300 bytes over TUN take a buffer of 1024", tun, 300, [1280]],
  ["700 bytes over TUN take a buffer of 2048", tun, 700, [2304]],
  ["a full packet over TUN takes 2304", tun, 1448, [2304]],
  ["ten packets over TUN take 23040", tun, 14_480, Array.from({ length: 10 }, () => 2304)],
  ["two packets of a TUN with TSO share a linear buffer", tunWithTso, 2896, [4352]],
  ["three packets of a TUN with TSO take pages", tunWithTso, 4344, [9024]],
  ["four packets of a TUN with TSO take as many pages as three", tunWithTso, 5792, [9024]],
  ["a wire without GRO hands over packet by packet", { device: "wire", gro: false }, 2896, [2304, 2304]],
  ["a wire with GRO hands over one buffer", { device: "wire" }, 14_480, [832 + 10 * 2048]],
] as const satisfies readonly (readonly [string, PathSpec, number, readonly number[]])[])
  test(title, (t) => t.deepEqual(truesizes(spec, bytes), expected));

test("a packet that lies across two of the sender's pages has two fragments", (t) => {
  const segment = { ...segmentOf(2 * mss), frags: 2, fragBytes: [2000, 896] };
  const { arrivals } = arrivalsOf({ device: "veth", gso: false }, [segment]);
  t.deepEqual(
    arrivals.map(({ skb }) => skb.frags),
    [1, 2],
  );
});

test("what fits behind 700 bytes in their linear buffer may join them, what does not may not", (t) => {
  const { arrivals } = arrivalsOf(tun, [segmentOf(700), segmentOf(1000)]);
  t.deepEqual(
    arrivals.map(({ skb: { tailroom, freedWhenMerged } }) => ({ tailroom, freedWhenMerged })),
    [
      { tailroom: 912, freedWhenMerged: undefined },
      { tailroom: 612, freedWhenMerged: undefined },
    ],
  );
});

test("loopback and veth deliver within the call that sends", (t) => {
  const engine = createEngine(1);
  const path = createPath(engine, createSoftirq(), { device: "veth" });
  let received = 0;
  path.onArrival("receiver", ({ bytes }) => {
    received += bytes;
  });
  path.send("sender", segmentOf(1000), () => undefined);
  t.is(received, 1000);
});

test("a delay is half the round trip in each direction", (t) => {
  const { arrivals } = arrivalsOf({ device: "wire", gro: false, rtt: 0.02 }, [segmentOf(mss)]);
  t.deepEqual(
    arrivals.map(({ at }) => at),
    [10_000_000],
  );
});

test("a relay behind a TUN device wakes 0.23 ms late and takes 8.3 µs for each packet of 1500 bytes", (t) => {
  const { arrivals } = arrivalsOf({ ...tun, gso: false, rtt: 0.02 }, [segmentOf(2 * mss)]);
  t.deepEqual(
    arrivals.map(({ at }) => at),
    [10_008_275, 10_016_550],
  );
});

test("1500 bytes a millisecond let a packet through each millisecond, and the sender's device holds the segment till the last has left", (t) => {
  const { arrivals, freed } = arrivalsOf({ device: "wire", gro: false, rate: 1_500_000, rtt: 0.01 }, [
    segmentOf(3 * mss),
  ]);
  t.deepEqual(
    arrivals.map(({ at }) => at),
    [6_000_000, 7_000_000, 8_000_000],
  );
  t.deepEqual(freed, [3_000_000]);
});

test("a bottleneck further on holds nothing of the sender's", (t) => {
  const { freed } = arrivalsOf({ ...tun, rate: 1_500_000 }, [segmentOf(3 * mss)]);
  t.deepEqual(freed, [0]);
});

test("a queue of two packets drops the third that waits", (t) => {
  const { arrivals } = arrivalsOf({ ...tun, rate: 1_500_000, queue: 2 }, [segmentOf(4 * mss)]);
  t.deepEqual(
    arrivals.map(({ skb }) => skb.seq),
    [0, mss],
  );
});

test("a queue of 3000 bytes holds two full packets", (t) => {
  const { arrivals } = arrivalsOf({ ...tun, rate: 1_500_000, queueBytes: 3000 }, [segmentOf(4 * mss)]);
  t.deepEqual(
    arrivals.map(({ skb }) => skb.seq),
    [0, mss],
  );
});

test("a tenth of the packets is lost, and which ones the seed decides", (t) => {
  const lossy: PathSpec = { ...tun, rtt: 0.01, loss: 0.1 };
  const many = Array.from({ length: 1000 }, (_, index) => segmentOf(mss, index * mss));
  const seqs = () => arrivalsOf(lossy, many).arrivals.map(({ skb }) => skb.seq);
  const first = seqs();
  t.true(first.length > 870 && first.length < 930, `${first.length} of 1000 arrived`);
  t.deepEqual(seqs(), first);
});

test("a packet that is held up is overtaken", (t) => {
  const { arrivals } = arrivalsOf({ ...tun, rtt: 0.01, reorder: 0.5, reorderDelay: 0.001 }, [segmentOf(20 * mss)]);
  const seqs = arrivals.map(({ skb }) => skb.seq);
  t.notDeepEqual(
    seqs,
    seqs.toSorted((a, b) => a - b),
  );
  t.is(seqs.length, 20);
});

test("nothing comes through a black hole, and what is sent after it healed does", (t) => {
  const engine = createEngine(1);
  const path = createPath(engine, createSoftirq(), { device: "veth", blackholeAt: 1, blackholeUntil: 2 });
  const received: number[] = [];
  path.onArrival("receiver", ({ seq }) => received.push(seq));
  for (const second of [0, 1, 2])
    engine.at(toNanos(second), 0, () => path.send("sender", segmentOf(1, second), () => undefined));
  engine.runUntil(toNanos(3));
  t.deepEqual(received, [0, 2]);
});
