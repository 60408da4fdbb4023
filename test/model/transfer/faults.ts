// Faults injected into a modelled connection, each with what has to be said of it; and transfers of which nothing may be.
import type { Cause, Symptom } from "../../../src/explain/finding.js";
import type { TransferScenario } from "../../../src/model/transfer/scenario.js";
import type { TransferSourceOptions } from "../../../src/model/transfer/source.js";

export interface TransferFault {
  readonly title: string;
  readonly scenario: TransferScenario;
  readonly seen?: TransferSourceOptions;
  readonly expected: Told;
  /** What is true as well. */
  readonly also?: readonly Told[];
}

export interface Told {
  readonly symptom: Symptom;
  readonly cause: Cause;
}

export type Parts = Partial<Omit<TransferScenario, "kind">>;

export const transfer = (parts: Parts): TransferScenario => ({
  kind: "transfer",
  path: { device: "wire", rtt: 0.02 },
  sender: {},
  receiver: {},
  until: 12,
  ...parts,
});

export const all = [{ from: 0, chunk: 65_536 }] as const;
export const much = [{ at: 0, bytes: 200_000_000, chunk: 65_536 }] as const;
export const far = { device: "wire", rtt: 0.04 } as const;
export const receiving: TransferSourceOptions = { side: "receiver" };

/** Two small writes, twenty times a second, just after the reader has looked. */
const pairs = Array.from({ length: 200 }, (_, index) => ({ at: 0.102 + index * 0.05, bytes: 200, chunk: 100 }));
const looks = [{ from: 0, until: 12, every: 0.05, bytes: 65_536 }] as const;

export const transferFaults: readonly TransferFault[] = [
  {
    title: "the peer never reads",
    scenario: transfer({ sender: { writes: [{ at: 0, bytes: 2_000_000, chunk: 65_536 }] } }),
    expected: { symptom: "write-stalled", cause: "peer-not-reading" },
  },
  {
    title: "nothing arrives any more after 2 s",
    scenario: transfer({
      path: { device: "wire", rtt: 0.02, rate: 1_000_000, blackholeAt: 2 },
      sender: { writes: much },
      receiver: { reads: all },
    }),
    expected: { symptom: "write-stalled", cause: "path-blackhole" },
  },
  {
    title: "small writes come in pairs and the peer delays its ACK",
    scenario: transfer({ path: { device: "veth" }, sender: { writes: pairs }, receiver: { reads: looks } }),
    // Not in step with the reader.
    seen: { sampleMs: 210 },
    expected: { symptom: "write-stalled", cause: "nagle-delayed-ack" },
  },
  {
    title: "the writer's loop computes for 4 s while it holds bytes",
    scenario: transfer({
      path: { device: "wire", rtt: 0.1 },
      sender: { node: { workPerChunk: 4 }, writes: [{ at: 0, bytes: 500_000_000, chunk: 65_536 }] },
      receiver: { rcvbuf: 4_194_304, reads: all, writes: [{ at: 3, bytes: 1 }] },
    }),
    expected: { symptom: "write-stalled", cause: "event-loop-blocked" },
  },
  {
    title: "the application goes on writing while the peer does not read",
    scenario: transfer({
      sender: { node: { heedsDrain: false }, writes: [{ at: 0, bytes: 100_000_000, chunk: 65_536, every: 0.01 }] },
    }),
    expected: { symptom: "write-buffered-in-process", cause: "backpressure-ignored" },
    also: [{ symptom: "write-stalled", cause: "peer-not-reading" }],
  },
  {
    title: "the stream is paused while data comes",
    scenario: transfer({
      sender: { writes: [{ at: 0, bytes: 10_000_000, chunk: 65_536, every: 0.05 }] },
      receiver: { node: { pauses: [{ from: 2, until: 10 }] } },
    }),
    seen: receiving,
    expected: { symptom: "read-stalled", cause: "application-not-reading" },
  },
  {
    title: "the reader's loop computes for 5 s while data comes",
    scenario: transfer({
      sender: { writes: [{ at: 2, bytes: 20_000, chunk: 10_000, every: 0.5 }] },
      receiver: { node: { workPerChunk: 5 } },
    }),
    seen: receiving,
    expected: { symptom: "read-stalled", cause: "event-loop-blocked" },
  },
  {
    title: "one segment is lost again and again",
    scenario: transfer({
      path: { device: "wire", rtt: 0.02, loss: 0.6 },
      sender: { writes: [{ at: 1, bytes: 100_000, chunk: 10_000 }] },
      receiver: { reads: all },
      until: 30,
    }),
    seen: receiving,
    expected: { symptom: "read-stalled", cause: "out-of-order-hole" },
  },
  {
    title: "the peer's receive buffer is small",
    scenario: transfer({ path: far, sender: { writes: much }, receiver: { rcvbuf: 65_536, reads: all } }),
    expected: { symptom: "throughput-limited", cause: "receive-window" },
  },
  {
    title: "our receive buffer is small",
    scenario: transfer({ path: far, sender: { writes: much }, receiver: { rcvbuf: 65_536, reads: all } }),
    seen: receiving,
    expected: { symptom: "throughput-limited", cause: "receive-buffer" },
  },
  {
    title: "the send buffer is small",
    scenario: transfer({ path: far, sender: { sndbuf: 65_536, writes: much }, receiver: { reads: all } }),
    expected: { symptom: "throughput-limited", cause: "send-buffer" },
  },
  {
    title: "the congestion window is used up in each round trip",
    scenario: transfer({
      path: { ...far, loss: 0.0005 },
      sender: { congestion: "reno", writes: much },
      receiver: { reads: all },
    }),
    expected: { symptom: "throughput-limited", cause: "congestion-window" },
  },
  {
    title: "two segments of a hundred are lost",
    scenario: transfer({ path: { ...far, loss: 0.02 }, sender: { writes: much }, receiver: { reads: all } }),
    expected: { symptom: "throughput-limited", cause: "packet-loss" },
  },
  {
    title: "a link on the path carries 500 KB/s and queues the rest",
    scenario: transfer({
      path: { device: "wire", rtt: 0.02, rate: 500_000, queue: 1000, bottleneck: "link" },
      sender: { writes: much },
      receiver: { reads: all },
    }),
    expected: { symptom: "throughput-limited", cause: "shaped-link" },
  },
  {
    title: "the peer closes and this side never does",
    scenario: transfer({ connections: 6, sender: { closeAt: 1 }, until: 40 }),
    seen: receiving,
    expected: { symptom: "connections-leaking", cause: "close-wait" },
  },
];

/** Transfers that fare well. */
export const healthyTransfers: readonly Pick<TransferFault, "title" | "scenario" | "seen">[] = [
  { title: "nothing is written", scenario: transfer({}) },
  {
    title: "a reader keeps up with a writer on loopback",
    scenario: transfer({
      path: { device: "loopback" },
      sender: { writes: [{ at: 0, bytes: 20_000_000, chunk: 65_536, every: 0.01 }] },
      receiver: { reads: all },
    }),
  },
  {
    title: "messages come now and then over a far path",
    scenario: transfer({
      path: far,
      sender: { nodelay: true, writes: [{ at: 0, bytes: 20_000, chunk: 200, every: 0.1 }] },
      receiver: { reads: all },
    }),
  },
  {
    title: "a Node process reads what comes",
    scenario: transfer({
      sender: { writes: [{ at: 0, bytes: 5_000_000, chunk: 65_536, every: 0.1 }] },
      receiver: { node: {} },
    }),
    seen: receiving,
  },
  {
    title: "a stream is paused for half a second at a time",
    scenario: transfer({
      sender: { writes: [{ at: 0, bytes: 5_000_000, chunk: 16_384, every: 0.03 }] },
      receiver: { node: { pauses: [2, 4, 6, 8].map((from) => ({ from, until: from + 0.5 })) } },
    }),
    seen: receiving,
  },
];
