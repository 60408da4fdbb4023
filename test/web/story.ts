// A story in frames, one a second: calm; then the loop is blocked for six seconds and the accept queue overflows; later one
// peer stops reading. For tests of what the page makes of frames, and to look at it without a server.
import type { Finding } from "../../src/explain/finding.js";
import type { Frame, FrameConnection, FrameListener, QueuePoint } from "../../src/export/frame/frame.js";

export const storyBegin = 1_790_000_000_000;
const block = { from: 20, until: 26, resolvedAt: 33 };
const stalledFrom = 30;

const stack = [
  "rebuildSearchIndex (/app/src/search/index.js:42:9)",
  "onReindex (/app/src/routes/admin.js:18:3)",
  "handle (/app/src/server.js:77:5)",
];

const isBlocked = (second: number): boolean => second > block.from && second <= block.until;

const overflow = (second: number, time: number): Finding => ({
  id: "f-overflow",
  symptom: "accept-queue-overflow",
  cause: "event-loop-blocked",
  severity: "critical",
  confidence: 0.97,
  state: second >= block.resolvedAt ? "resolved" : "active",
  subject: { kind: "listener", address: "0.0.0.0", port: 3000, pid: 4242, fd: 21 },
  summary: `The accept queue of 0.0.0.0:3000 overflowed: ${droppedUntil(second)} segments dropped while rebuildSearchIndex blocked the event loop for ${Math.min(second - block.from, 6)}.0 s; clients wait at least 1 s longer.`,
  evidence: [
    { name: "listener drops", value: droppedUntil(second), unit: "segments", source: "SO_MEMINFO[8]" },
    { name: "accept queue peak", value: 17, unit: "connections", source: "TCP_INFO tcpi_unacked" },
    { name: "accept queue limit", value: 16, unit: "connections", source: "TCP_INFO tcpi_sacked" },
    {
      name: "longest iteration",
      value: 1000 * Math.min(second - block.from, 6),
      unit: "ms",
      source: "uv_metrics_info loop_count",
    },
    { name: "on a CPU meanwhile", value: 99, unit: "%", source: "/proc/self/task/4242/schedstat" },
  ],
  ruledOut: [
    { cause: "cpu-throttled", because: "nr_throttled did not move" },
    { cause: "cpu-starved", because: "the main thread waited 3 ms for a CPU" },
    { cause: "backlog-too-small", because: "the loop was not healthy: it did not turn for 6.0 s" },
  ],
  stack,
  remedy: [
    "move rebuildSearchIndex (/app/src/search/index.js:42:9) off the main thread, or cut it into slices of at most 50 ms",
    "listen with a backlog of at least 240 and net.core.somaxconn of at least that: it holds what comes in 6 s",
  ],
  prediction: { sliced: { drops: 0, longestWaitMs: 52 }, largerBacklog: { drops: 0, longestWaitMs: 6010 } },
  firstSeen: time - 1000 * (second - block.from - 1),
  lastSeen: second >= block.resolvedAt ? time - 1000 * (second - block.until) : time,
});

const stalled = (second: number, time: number): Finding => ({
  id: "f-stalled",
  symptom: "write-stalled",
  cause: "peer-not-reading",
  severity: "warning",
  confidence: 0.93,
  state: "active",
  subject: { kind: "connection", address: "10.0.0.5", port: 3000, peer: "192.0.2.44:51034", fd: 77 },
  summary: `192.0.2.44:51034 has not read for ${second - stalledFrom + 3} s: 2.6 MB wait in the kernel and 18 MB in Node.`,
  evidence: [
    { name: "window of the peer", value: 0, unit: "bytes", source: "tcpi_snd_wnd" },
    { name: "zero window probes", value: 4, source: "tcpi_probes" },
  ],
  ruledOut: [{ cause: "path-blackhole", because: "the peer answers the probes" }],
  remedy: [
    "stop writing when write() returns false, and go on at 'drain'",
    "set a timeout of at most 30 s on the response",
  ],
  firstSeen: time - 1000 * (second - stalledFrom),
  lastSeen: time,
});

const droppedIn = (second: number): number =>
  isBlocked(second) && second > block.from + 1 ? 33 + (second % 3) * 4 : 0;
const droppedUntil = (second: number): number =>
  Array.from({ length: Math.max(0, Math.min(second, block.until) - block.from) }, (_, n) =>
    droppedIn(block.from + 1 + n),
  ).reduce((sum, n) => sum + n, 0);

const points = (second: number): readonly QueuePoint[] =>
  Array.from({ length: 10 }, (_, n) => {
    const before = 900 - n * 100;
    if (!isBlocked(second)) return [before, (second * 7 + n * 3) % 4 === 0 ? 1 + (n % 2) : 0, 0];
    const sinceBlock = (second - block.from - 1) * 1000 + n * 100;
    return [
      before,
      Math.min(17, Math.round(sinceBlock / 55)),
      sinceBlock > 950 ? Math.round(droppedIn(second) / 10) : 0,
    ];
  });

const listener = (second: number): FrameListener => {
  const looks = points(second);
  return {
    id: "0.0.0.0:3000",
    transport: "tcp",
    address: "0.0.0.0",
    port: 3000,
    length: looks.at(-1)![1],
    limit: 16,
    listenBacklog: 16,
    peak: Math.max(...looks.map(([, length]) => length)),
    dropped: droppedIn(second),
    drops: droppedUntil(second),
    accepted: isBlocked(second) ? 0 : 38 + (second % 7),
    synRecv: isBlocked(second) ? 3 : 0,
    ...(isBlocked(second) ? { oldestMs: (second - block.from) * 1000 - 60 } : {}),
    points: looks,
  };
};

const quiet: FrameListener = {
  id: "/run/app/admin.sock",
  transport: "unix",
  path: "/run/app/admin.sock",
  length: 0,
  limit: 511,
  peak: 0,
  points: [],
};

const connection = (n: number, second: number): FrameConnection => ({
  id: String(90_000 + n),
  transport: "tcp",
  role: n % 5 === 4 ? "client" : "server",
  state: n % 9 === 8 ? "CLOSE_WAIT" : "ESTABLISHED",
  local: "10.0.0.5:3000",
  remote: `198.51.100.${10 + n}:${40_000 + n * 37}`,
  fd: 30 + n,
  recvQBytes: isBlocked(second) ? 600 + n * 41 : 0,
  sendQBytes: (n * 7919 * (second % 5)) % 60_000,
  notSentBytes: 0,
  rttMs: 0.3 + n * 1.7,
  minRttMs: 0.25 + n,
  peerWindowBytes: 65_536,
  ownWindowBytes: 65_536 - n * 100,
  congestionWindow: 10 + n,
  retransmitted: n % 6 === 5 ? 2 : 0,
  sendRate: isBlocked(second) ? 0 : 40_000 + n * 9000,
  receiveRate: 1200 + n * 300,
  findings: [],
});

const slow: FrameConnection = {
  ...connection(3, 1),
  id: "90077",
  remote: "192.0.2.44:51034",
  fd: 77,
  sendQBytes: 2_600_000,
  notSentBytes: 2_534_464,
  peerWindowBytes: 0,
  writableLength: 18_000_000,
  sendRate: 0,
  findings: ["f-stalled"],
};

/** The frame of a second of the story; `end`: epoch ms at which second 0 ended. */
export const storyFrame = (second: number, end: number = storyBegin): Frame => {
  const time = end + second * 1000;
  const blocked = isBlocked(second);
  const rows = Array.from({ length: 11 }, (_, n) => connection(n, second));
  const isSlow = second >= stalledFrom;
  return {
    v: 1,
    time,
    at: second * 1000,
    ...(second > 0 ? { intervalMs: 1000 } : {}),
    source: "process",
    process: { pid: 4242, mainCpuShare: blocked ? 0.99 : 0.22, mainWaitShare: 0.003, fds: { open: 84, limit: 65_536 } },
    loops: [
      {
        id: 1,
        main: true,
        idleShare: blocked ? 0 : 0.74 - (second % 4) * 0.03,
        iterations: blocked ? 0 : 410,
        ...(blocked ? { stalledMs: 1000 * (second - block.from) - 60 } : {}),
      },
    ],
    listeners: [listener(second), quiet],
    connections: {
      total: 64,
      read: 64,
      byState: { ESTABLISHED: 58, CLOSE_WAIT: 4, unix: 2 },
      recvQBytes: rows.reduce((sum, row) => sum + row.recvQBytes!, 0),
      sendQBytes: rows.reduce((sum, row) => sum + row.sendQBytes!, 0) + (isSlow ? 2_600_000 : 0),
      notSentBytes: isSlow ? 2_534_464 : 0,
      rows: isSlow ? [slow, ...rows] : rows,
    },
    ...(second % 5 === 0 ? { network: network(second) } : {}),
    ...(droppedIn(second) > 0
      ? { counters: { ListenOverflows: droppedIn(second), ListenDrops: droppedIn(second) } }
      : {}),
    stalls: second === block.from + 1 ? [{ loop: 1, lastedMs: 940, frames: stack, exact: true }] : [],
    findings: [
      ...(isSlow ? [stalled(second, time)] : []),
      ...(second > block.from + 1 ? [overflow(second, time)] : []),
    ],
    observerShare: 0.0021,
  };
};

const network = (second: number): NonNullable<Frame["network"]> => ({
  nics: [
    {
      name: "eth0",
      isLoopback: false,
      driver: "virtio_net",
      rxPacketRate: 3120 + second,
      rxByteRate: 1_900_000,
      txPacketRate: 2880,
      txByteRate: 9_400_000,
      rxMissed: 0,
      rxDropped: 0,
      txDropped: 0,
      qdiscDropped: 0,
      ringRx: 256,
      packetsPerInterrupt: 2.4,
      mode: "interrupt-driven",
    },
    { name: "lo", isLoopback: true, rxPacketRate: 20, txPacketRate: 20, mode: "unknown" },
  ],
  cpus: [
    { cpu: 0, processedRate: 2100, dropped: 0, squeezed: 0, softirqShare: 0.07 },
    { cpu: 1, processedRate: 1040, dropped: 0, squeezed: 1, softirqShare: 0.03 },
  ],
});
