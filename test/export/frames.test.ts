import test from "ava";
import type { Finding } from "../../src/explain/finding.js";
import { createExplainer } from "../../src/explain/explainer.js";
import type { Frame } from "../../src/export/frame/frame.js";
import { createFrames } from "../../src/export/frame/frames.js";
import { worstFirst } from "../../src/export/frame/worst.js";
import { jsonOf } from "../../src/export/json.js";
import type { ConnectionReading } from "../../src/snapshot/connection.js";
import type { NetworkReading } from "../../src/snapshot/network.js";
import type { ListenerReading, Snapshot } from "../../src/snapshot/snapshot.js";
import { blocked, timeline } from "../explain/timeline.js";

const snapshot = (at: number, more: Partial<Snapshot> = {}): Snapshot => ({
  time: 1_700_000_000_000 + at,
  at,
  source: "process",
  loops: [],
  listeners: [],
  ...more,
});

const listener = (more: Partial<ListenerReading> = {}): ListenerReading => ({
  cookie: 1n,
  transport: "tcp",
  address: "0.0.0.0",
  port: 3000,
  length: 0,
  limit: 16,
  drops: 0,
  ...more,
});

const connection = (cookie: bigint, more: Partial<ConnectionReading> = {}): ConnectionReading => ({
  cookie,
  transport: "tcp",
  role: "server",
  state: "ESTAB",
  localAddress: "127.0.0.1",
  localPort: 3000,
  remoteAddress: "10.0.0.9",
  remotePort: 40_000 + Number(cookie),
  fd: 20 + Number(cookie),
  recvQBytes: 0,
  sendQBytes: 0,
  notSentBytes: 0,
  ...more,
});

const connections = (rows: readonly ConnectionReading[]): NonNullable<Snapshot["connections"]> => ({
  rows,
  counts: { ESTAB: rows.length },
  read: rows.length,
  total: rows.length,
});

/** One frame a second of a played timeline, as the observer makes them. */
const framesOf = (snapshots: readonly Snapshot[], intervalMs = 1000): readonly Frame[] => {
  const frames = createFrames();
  const explainer = createExplainer();
  const active = new Map<string, Finding>();
  let intervalAt = Number.NEGATIVE_INFINITY;
  return snapshots.flatMap((one) => {
    for (const finding of explainer.observe(one)) active.set(finding.id, finding);
    frames.look(one);
    if (one.at - intervalAt < intervalMs) return [];
    intervalAt = one.at;
    return [frames.compose(one, [...active.values()])];
  });
};

test("an overflow is a frame with the queue's points, its drops, the loop that stood and the finding", (t) => {
  const { snapshots } = timeline({ limit: 16, listenBacklog: 16 })
    .play(2000, { arrivals: 20 })
    .play(1000, { ...blocked, arrivals: 100, stall: { frames: ["rebuild (/app/server.js:12:9)"] } })
    .play(1000);
  const frame = framesOf(snapshots).find(({ listeners }) => (listeners[0]?.dropped ?? 0) > 0)!;
  const { points, ...row } = frame.listeners[0]!;
  t.like(row, { id: "0.0.0.0:3000", length: 17, limit: 16, listenBacklog: 16, peak: 17, oldestMs: 980 });
  t.is(points.length, 50);
  t.is(
    points.reduce((sum, [, , dropped]) => sum + dropped, 0),
    row.dropped!,
  );
  t.deepEqual(points.at(-1)?.slice(0, 2), [0, 17]);
  t.like(frame.loops, [{ id: 1, main: true, idleShare: 0, iterations: 0, stalledMs: 1000 }]);
  t.like(frame.process, { pid: 77, mainCpuShare: 1, mainWaitShare: 0 });
  t.deepEqual(
    frame.stalls.map(({ frames: [innermost] }) => innermost),
    ["rebuild (/app/server.js:12:9)"],
  );
  t.is(frame.counters?.ListenOverflows, row.dropped);
  t.deepEqual(
    frame.findings.map(({ symptom, cause }) => `${symptom}/${cause}`),
    ["accept-queue-overflow/event-loop-blocked"],
  );
});

test("the first frame has no differences, and a quiet one no counters", (t) => {
  const [first, second] = framesOf(timeline().play(1000).snapshots);
  t.is(first?.intervalMs, undefined);
  t.is(first?.counters, undefined);
  t.is(first?.loops[0]?.idleShare, undefined);
  t.deepEqual(second?.counters, {});
  t.is(second?.intervalMs, 1000);
  t.is(second?.loops[0]?.idleShare, 0.98);
});

test("members of a SO_REUSEPORT group share a row: sums, and what was accepted on their port once", (t) => {
  const frames = createFrames();
  const pair = (one: number, other: number, accepted: number, drops = 0): ListenerReading[] => [
    listener({ cookie: 1n, length: one, owned: { count: accepted, accepted }, drops }),
    listener({ cookie: 2n, length: other, owned: { count: accepted, accepted } }),
  ];
  frames.compose(snapshot(0, { listeners: pair(0, 0, 5) }), []);
  frames.look(snapshot(500, { listeners: pair(3, 4, 5, 2) }));
  const { listeners } = frames.compose(snapshot(1000, { listeners: pair(1, 0, 25, 2) }), []);
  t.like(listeners, [
    { id: "0.0.0.0:3000", members: 2, length: 1, limit: 32, peak: 7, dropped: 2, drops: 2, accepted: 20 },
  ]);
  t.is(listeners.length, 1);
  t.deepEqual(listeners[0]?.points, [
    [500, 7, 2],
    [0, 1, 0],
  ]);
});

test("exact accepts count where waits are read, a unix listener has no drops, and a new cookie starts anew", (t) => {
  const frames = createFrames();
  const unix = listener({ cookie: 9n, transport: "unix", address: undefined, port: undefined, path: "/run/app.sock" });
  const bare = { ...unix, drops: undefined };
  frames.compose(snapshot(0, { listeners: [listener({ drops: 40 }), bare] }), []);
  frames.look(snapshot(100, { listeners: [listener({ drops: 40, acceptWaitsMs: [1, 2, 3] }), bare] }));
  const { listeners } = frames.compose(snapshot(1000, { listeners: [listener({ cookie: 5n, drops: 7 }), bare] }), []);
  t.deepEqual(
    listeners.map(({ id, dropped, drops, accepted }) => [id, dropped, drops, accepted]),
    [
      ["0.0.0.0:3000", 0, 7, 3],
      ["/run/app.sock", undefined, undefined, 0],
    ],
  );
});

test("who came and went between two walks was accepted, and where nobody else listens the kernel's count holds", (t) => {
  const frames = createFrames();
  const one = (length: number, accepted: number) => [listener({ length, owned: { count: accepted, accepted } })];
  const closed = { rows: [], count: 40, lost: 0, unmet: { 3000: 40, 4000: 7 } };
  const seen = { ...connections([]), closed };
  frames.compose(snapshot(0, { listeners: one(2, 5), alone: true, counters: { PassiveOpens: 100 } }), []);
  const next = { listeners: one(5, 15), connections: seen, counters: { PassiveOpens: 163 } };
  t.is(frames.compose(snapshot(1000, { ...next, alone: true }), []).listeners[0]?.accepted, 60);
  const last = { listeners: one(5, 25), connections: seen, counters: { PassiveOpens: 500 } };
  t.is(frames.compose(snapshot(2000, last), []).listeners[0]?.accepted, 50);
});

test("points stay within bounds and keep the peak and every drop", (t) => {
  const frames = createFrames();
  frames.compose(snapshot(0, { listeners: [listener()] }), []);
  for (let look = 1; look < 1000; look += 1)
    frames.look(snapshot(10 * look, { listeners: [listener({ length: look === 500 ? 17 : 1, drops: 3 * look })] }));
  const [row] = frames.compose(snapshot(10_000, { listeners: [listener({ drops: 3000 })] }), []).listeners;
  t.true(row!.points.length <= 60 && row!.points.length >= 30);
  t.is(row!.peak, 17);
  t.is(
    row!.points.reduce((sum, [, , dropped]) => sum + dropped, 0),
    3000,
  );
});

test("of many listeners those that matter are shown, and how many are not", (t) => {
  const frames = createFrames();
  const listeners = Array.from({ length: 150 }, (_, n) =>
    listener({ cookie: BigInt(n), port: 1000 + n, length: n === 149 ? 17 : 0 }),
  );
  const frame = frames.compose(snapshot(0, { listeners }), []);
  t.is(frame.listeners.length, 100);
  t.is(frame.moreListeners, 50);
  t.is(frame.listeners.at(-1)?.port, 1149);
});

test("rates come from two readings of the same cookie, and a new one has none", (t) => {
  const frames = createFrames();
  const tcp = (bytesAcked: number, totalRetrans: number) => ({
    bytesAcked,
    bytesReceived: 2 * bytesAcked,
    totalRetrans,
    rttMicros: 1500,
    minRttMicros: 1000,
    sndWndBytes: 65_536,
    rcvWndBytes: 32_768,
    cwnd: 10,
  });
  frames.compose(snapshot(0, { connections: connections([connection(1n, { tcp: tcp(1000, 4) })]) }), []);
  const rows = [connection(1n, { tcp: tcp(51_000, 6) }), connection(2n, { tcp: tcp(700, 0), sendQBytes: 10 })];
  const frame = frames.compose(snapshot(2000, { connections: connections(rows) }), []);
  t.deepEqual(frame.connections?.rows[1], {
    id: "1",
    transport: "tcp",
    role: "server",
    state: "ESTAB",
    local: "127.0.0.1:3000",
    remote: "10.0.0.9:40001",
    fd: 21,
    findings: [],
    recvQBytes: 0,
    sendQBytes: 0,
    writableLength: undefined,
    retransmitted: 2,
    rttMs: 1.5,
    notSentBytes: 0,
    minRttMs: 1,
    peerWindowBytes: 65_536,
    ownWindowBytes: 32_768,
    congestionWindow: 10,
    sendRate: 25_000,
    receiveRate: 50_000,
    isPaused: undefined,
  });
  t.like(frame.connections?.rows[0], { id: "2", retransmitted: undefined, sendRate: undefined });
});

test("a connection that a finding names comes before one that holds more, and only the worst are shown", (t) => {
  const frames = createFrames();
  const finding = {
    id: "f1",
    symptom: "write-stalled",
    severity: "warning",
    state: "active",
    subject: { kind: "connection", port: 3000, peer: "10.0.0.9:40077", fd: 97 },
  } as Finding;
  const rows = Array.from({ length: 100 }, (_, n) => connection(BigInt(n), { sendQBytes: 1000 * n, recvQBytes: 1 }));
  const { connections: shown } = frames.compose(snapshot(0, { connections: connections(rows) }), [finding]);
  t.is(shown?.rows.length, 50);
  t.deepEqual(
    shown?.rows.slice(0, 3).map(({ id, findings }) => [id, findings]),
    [
      ["77", ["f1"]],
      ["99", []],
      ["98", []],
    ],
  );
  t.is(shown?.sendQBytes, 4_950_000);
  t.is(shown?.recvQBytes, 100);
});

test("a finding about few sockets names those it counts, one about many all at its port", (t) => {
  const about = (count: number): Finding =>
    ({
      id: "f1",
      severity: "warning",
      state: "active",
      subject: { kind: "connections", port: 3000, count, examples: ["127.0.0.1:3000 - 10.0.0.9:40001 (fd 21): waits"] },
    }) as unknown as Finding;
  const rows = [connection(1n), connection(2n)];
  const named = (count: number) =>
    createFrames()
      .compose(snapshot(0, { connections: connections(rows) }), [about(count)])
      .connections?.rows.map(({ id, findings }) => [id, findings]);
  t.deepEqual(named(1), [
    ["1", ["f1"]],
    ["2", []],
  ]);
  t.deepEqual(named(20), [
    ["1", ["f1"]],
    ["2", ["f1"]],
  ]);
});

test("worst: the graver finding, then bytes wherever they wait, then segments sent again", (t) => {
  const row = (id: string, more: object) => ({ id, findings: [], ...more });
  const ids = worstFirst(
    [
      row("slow", { rttMs: 900 }),
      row("lossy", { retransmitted: 3 }),
      row("held by Node", { writableLength: 5000 }),
      row("info", { findings: ["a"] }),
      row("critical", { findings: ["a", "b"] }),
    ],
    [{ id: "a", severity: "info" } as Finding, { id: "b", severity: "critical" } as Finding],
  ).map((one) => (one as unknown as { id: string }).id);
  t.deepEqual(ids, ["critical", "info", "held by Node", "lossy", "slow"]);
});

test("below the sockets: differences between two looks, absent while nobody looked", (t) => {
  const reading = (rx: number, dropped: number): NetworkReading => ({
    cpus: [{ cpu: 0, softnet: { ...softnet, processed: rx, dropped } }],
    interruptCpus: [0],
    nics: [{ name: "eth0", driver: "virtio_net", statistics: { rx_packets: rx, rx_bytes: BigInt(rx) * 1500n } }],
  });
  const frames = createFrames();
  t.like(frames.compose(snapshot(0, { network: reading(0, 0) }), []).network, {
    nics: [{ name: "eth0", isLoopback: false, driver: "virtio_net", mode: "unknown" }],
    cpus: [],
  });
  t.is(frames.compose(snapshot(1000), []).network, undefined);
  const { network } = frames.compose(snapshot(2000, { network: reading(4000, 7) }), []);
  t.like(network?.nics[0], { rxPacketRate: 2000, rxByteRate: 3_000_000, txPacketRate: undefined, rxMissed: 0 });
  t.like(network?.cpus[0], { cpu: 0, processedRate: 2000, dropped: 7, squeezed: 0 });
});

const softnet = {
  cpu: 0,
  timeSqueeze: 0,
  receivedRps: 0,
  flowLimitCount: 0,
  softnetBacklogLength: 0,
  inputQueueLength: 0,
  processQueueLength: 0,
};

test("a frame is JSON, also with 64-bit figures in a finding", (t) => {
  const evidence = [{ name: "sent", value: 2n ** 60n, source: "tcpi_bytes_sent" }];
  const frame = createFrames().compose(snapshot(0), [{ id: "f", state: "active", evidence } as unknown as Finding]);
  t.is(JSON.parse(jsonOf(frame)).findings[0].evidence[0].value, String(2n ** 60n));
});
