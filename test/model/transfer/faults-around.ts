// Faults around a connection, injected into the model: its end, and what it shares with others: memory, a device's queue.
import type { TransferScenario } from "../../../src/model/transfer/scenario.js";
import { all, far, much, type Parts, receiving, type Told, transfer, type TransferFault } from "./faults.js";

/** Twenty clients send what nobody reads: the streams are paused. */
const paused = { node: { pauses: [{ from: 0, until: 12 }] } };
const unread = (parts: Parts): TransferScenario =>
  transfer({ connections: 20, sender: { writes: [{ at: 0, bytes: 2_000_000 }] }, receiver: paused, ...parts });
const unreadTold: Told = { symptom: "read-stalled", cause: "application-not-reading" };

export const faultsAround: readonly TransferFault[] = [
  {
    title: "the peers vanish and only keep-alive asks after them",
    scenario: transfer({
      path: { device: "wire", rtt: 0.02, blackholeAt: 1 },
      connections: 6,
      receiver: { keepAlive: { idle: 3, interval: 1, probes: 9 } },
    }),
    seen: receiving,
    expected: { symptom: "connections-leaking", cause: "half-open" },
  },
  {
    title: "the receive buffer shrinks under data on its way",
    scenario: transfer({
      path: far,
      sender: { writes: much },
      receiver: { reads: [{ from: 0, until: 2, chunk: 65_536 }], buffers: [{ at: 2, rcvbuf: 8192 }] },
    }),
    seen: receiving,
    expected: { symptom: "data-pruned", cause: "receive-buffer-full" },
    // A program without a loop that could be seen reads no more.
    also: [{ symptom: "read-stalled", cause: "unknown" }],
  },
  {
    title: "nobody reads, and the sockets of the host may hold less than what comes",
    scenario: unread({ sysctl: { tcp_mem: [200, 300, 400] } }),
    seen: receiving,
    expected: { symptom: "memory-pressure", cause: "tcp-mem" },
    also: [unreadTold, { symptom: "data-pruned", cause: "memory-pressure" }],
  },
  {
    title: "data goes lost because the sockets of the host may hold no more",
    scenario: unread({ sysctl: { tcp_mem: [200, 300, 400] } }),
    seen: receiving,
    expected: { symptom: "data-pruned", cause: "memory-pressure" },
    also: [unreadTold, { symptom: "memory-pressure", cause: "tcp-mem" }],
  },
  {
    title: "nobody reads, and the cgroup lets sockets hold less than what comes",
    scenario: unread({ receiver: { ...paused, memoryLimit: 1_000_000 } }),
    seen: receiving,
    expected: { symptom: "memory-pressure", cause: "cgroup-memory" },
    also: [unreadTold, { symptom: "data-pruned", cause: "memory-pressure" }],
  },
  {
    title: "more closed connections have something to send than tcp_max_orphans allows",
    scenario: transfer({
      connections: 40,
      sysctl: { tcp_max_orphans: 16 },
      sender: { writes: [{ at: 0, bytes: 400_000 }], closeAt: 2.5 },
    }),
    expected: { symptom: "memory-pressure", cause: "orphans" },
  },
  {
    title: "the queue in front of a shaper at the device holds 40 packets",
    scenario: transfer({
      path: { device: "wire", rtt: 0.02, rate: 2_000_000, queue: 40, bottleneck: "device" },
      connections: 12,
      sender: { writes: much },
      receiver: { reads: all },
    }),
    expected: { symptom: "packets-dropped", cause: "qdisc-full" },
    also: (["packet-loss", "congestion-window", "shaped-link"] as const).map((cause) => ({
      symptom: "throughput-limited",
      cause,
    })),
  },
  {
    title: "a request is on its way while the server closes the connection as idle",
    scenario: transfer({
      path: { device: "wire", rtt: 0.1 },
      sender: {
        writes: [
          { at: 1, bytes: 200 },
          { at: 6.03, bytes: 200 },
        ],
      },
      receiver: { node: { answerBytes: 1000, keepAliveTimeout: 5 } },
    }),
    seen: receiving,
    expected: { symptom: "requests-reset", cause: "keep-alive-race" },
  },
  {
    title: "requests are refused before they are read to their end",
    scenario: transfer({
      connections: 4,
      sender: { writes: [{ at: 1, bytes: 60_000 }] },
      receiver: { reads: [{ at: 1.5, bytes: 10_000 }], closeAt: 2 },
    }),
    seen: receiving,
    expected: { symptom: "requests-reset", cause: "closed-with-unread-data" },
  },
];
