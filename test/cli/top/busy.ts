// A frame with something of everything: a listener that overflows, a peer that does not read, a quiet unix listener.
import type { Frame, FrameConnection, FrameListener } from "../../../src/export/frame/frame.js";
import type { Finding } from "../../../src/explain/finding.js";
import { firstState, type TopState, withFrame } from "../../../src/cli/top/state.js";

/** Half past twelve, wherever the test runs. */
export const time: number = new Date(2026, 10, 23, 12, 30, 5).getTime();

const overflow: Finding = {
  id: "f-1",
  symptom: "accept-queue-overflow",
  cause: "event-loop-blocked",
  severity: "critical",
  confidence: 0.97,
  state: "active",
  subject: { kind: "listener", address: "0.0.0.0", port: 3000, pid: 4242 },
  summary:
    "0.0.0.0:3000 dropped 197 connection attempts because its accept queue (limit 511) was full, about 61 clients delayed: the event loop stood still for 1.2 s on the CPU.",
  evidence: [{ name: "listener drops", value: 197, unit: "segments", source: "SO_MEMINFO[8]" }],
  ruledOut: [{ cause: "cpu-throttled", because: "nr_throttled did not move" }],
  stack: ["rebuildSearchIndex (/app/server.js:12:9)"],
  remedy: ["Move the synchronous work off the event loop (a Worker, or in slices): it held it for 1.2 s."],
  firstSeen: time - 12_000,
  lastSeen: time,
};

const stalled: Finding = {
  ...overflow,
  id: "f-2",
  symptom: "write-stalled",
  cause: "peer-not-reading",
  severity: "warning",
  subject: { kind: "connection", address: "10.0.0.5", port: 3000, peer: "203.0.113.9:51514", fd: 31 },
  summary: "203.0.113.9:51514 could not be sent anything for 27 s: the peer does not read (3.8 MB wait).",
  stack: undefined,
  remedy: ["Look at the peer: it has stopped reading."],
  firstSeen: time - 27_000,
};

const resolved: Finding = {
  ...overflow,
  id: "f-3",
  symptom: "connections-leaking",
  cause: "close-wait",
  severity: "warning",
  state: "resolved",
  subject: { kind: "connections", address: "10.0.0.5", port: 8080, count: 12 },
  summary: "12 connections stayed open that the peer had closed.",
  stack: undefined,
  remedy: ["Close what the peer has closed."],
  firstSeen: time - 90_000,
  lastSeen: time - 40_000,
};

const main: FrameListener = {
  id: "0.0.0.0:3000",
  transport: "tcp",
  address: "0.0.0.0",
  port: 3000,
  length: 412,
  limit: 511,
  peak: 512,
  dropped: 35,
  drops: 197,
  accepted: 120,
  synRecv: 12,
  oldestMs: 3240,
  points: [],
};

const admin: FrameListener = {
  ...main,
  id: "[::1]:9229",
  address: "::1",
  port: 9229,
  length: 0,
  peak: 0,
  dropped: 0,
  drops: 0,
  accepted: 0,
  synRecv: 0,
  oldestMs: undefined,
};

const unix: FrameListener = {
  id: "/run/app/worker.sock",
  transport: "unix",
  path: "/run/app/worker.sock",
  length: 3,
  limit: 127,
  peak: 4,
  points: [],
};

const slow: FrameConnection = {
  id: "1001",
  transport: "tcp",
  role: "server",
  state: "ESTAB",
  local: "10.0.0.5:3000",
  remote: "203.0.113.9:51514",
  fd: 31,
  recvQBytes: 0,
  sendQBytes: 3_790_000,
  notSentBytes: 3_700_000,
  rttMs: 48.2,
  minRttMs: 41,
  peerWindowBytes: 0,
  ownWindowBytes: 65_536,
  congestionWindow: 15,
  retransmitted: 2,
  sendRate: 0,
  receiveRate: 0,
  findings: ["f-2"],
};

const database: FrameConnection = {
  id: "1002",
  transport: "tcp",
  role: "client",
  state: "ESTAB",
  local: "10.0.0.5:40112",
  remote: "10.0.0.9:5432",
  recvQBytes: 96_000,
  sendQBytes: 0,
  rttMs: 0.052,
  retransmitted: 0,
  sendRate: 41_000,
  receiveRate: 2_300_000,
  isPaused: true,
  findings: [],
};

const leaking: FrameConnection = {
  id: "1003",
  transport: "tcp",
  role: "server",
  state: "CLOSE-WAIT",
  local: "10.0.0.5:8080",
  remote: "[2001:db8:85a3::8a2e:370:7334]:51000",
  recvQBytes: 1,
  sendQBytes: 0,
  findings: [],
};

export const busy: Frame = {
  v: 1,
  time,
  at: 100_000,
  intervalMs: 1000,
  source: "outside",
  process: {
    pid: 4242,
    mainCpuShare: 0.87,
    mainWaitShare: 0.03,
    fds: { open: 1214, limit: 20_000 },
  },
  loops: [{ id: 1, main: true, idleShare: 0.041 }],
  listeners: [admin, unix, main],
  connections: {
    total: 1204,
    read: 1204,
    byState: { ESTAB: 1100, "CLOSE-WAIT": 60, udp: 44 },
    recvQBytes: 96_001,
    sendQBytes: 3_790_000,
    notSentBytes: 3_700_000,
    rows: [slow, database, leaking],
  },
  network: {
    nics: [
      {
        name: "lo",
        isLoopback: true,
        rxPacketRate: 12,
        rxByteRate: 900,
        txPacketRate: 12,
        txByteRate: 900,
        mode: "unknown",
      },
      {
        name: "eth0",
        isLoopback: false,
        driver: "virtio_net",
        rxPacketRate: 12_400,
        rxByteRate: 8_130_000,
        txPacketRate: 11_020,
        txByteRate: 1_100_000,
        rxMissed: 3,
        rxDropped: 0,
        txDropped: 0,
        qdiscDropped: 0,
        packetsPerInterrupt: 3.4,
        mode: "interrupt-driven",
      },
    ],
    cpus: [
      { cpu: 0, processedRate: 11_000, dropped: 0, squeezed: 0, softirqShare: 0.024 },
      { cpu: 1, processedRate: 1400, dropped: 0, squeezed: 1, softirqShare: 0.12 },
    ],
  },
  counters: { ListenOverflows: 35, ListenDrops: 35, RetransSegs: 2 },
  stalls: [],
  findings: [overflow, stalled, resolved],
  observerShare: 0.021,
};

/** The view after some intervals in which the queue grew. */
export const busyState: TopState = [0, 16, 128, 300].reduce(
  (state, peak) => withFrame(state, { ...busy, listeners: [{ ...main, peak }, unix, admin] }),
  firstState("pid 4242  node server.js", 1000),
);
export const busyView: TopState = withFrame(busyState, busy);
