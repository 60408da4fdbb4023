// The connections of a frame: rates, and which come first.
import test from "ava";
import type { Finding } from "../../../src/explain/finding.js";
import { createFrames } from "../../../src/export/frame/frames.js";
import { worstFirst } from "../../../src/export/frame/worst.js";
import { connection, connections, snapshot } from "../readings.js";

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
