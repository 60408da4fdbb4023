// One socket explained from one reading or a few, without an observer.
import test from "ava";
import {
  explainReading,
  type ExplainReadingOptions,
  type SocketLook,
} from "../../../src/explain/connections/explain-reading.js";
import type { ConnectionReading } from "../../../src/snapshot/connection.js";

const healthy: ConnectionReading = {
  cookie: 7n,
  transport: "tcp",
  family: "ipv4",
  fd: 21,
  pid: 77,
  state: "ESTAB",
  localAddress: "10.0.0.1",
  localPort: 3000,
  remoteAddress: "10.0.0.9",
  remotePort: 40_000,
  role: "server",
  recvQBytes: 0,
  sendQBytes: 0,
  tcp: {
    retransmits: 0,
    probes: 0,
    backoff: 0,
    rtoMicros: 204_000,
    sndMssBytes: 1448,
    unacked: 0,
    lastDataSentMs: 9000,
    lastDataRecvMs: 9000,
    lastAckRecvMs: 9000,
    rttMicros: 300,
    minRttMicros: 200,
    cwnd: 10,
    notSentBytes: 0,
    bytesAcked: 5000,
    bytesReceived: 5000,
    busyMicros: 1000,
    rwndLimitedMicros: 0,
    sndWndBytes: 65_536,
  },
  mem: { rmemAlloc: 0, rcvbuf: 131_072, wmemAlloc: 0, sndbuf: 87_040, wmemQueued: 0, drops: 0 },
};

const varied = ({ tcp, mem, ...row }: Partial<ConnectionReading>): ConnectionReading => ({
  ...healthy,
  ...row,
  tcp: { ...healthy.tcp, ...tcp },
  mem: { ...healthy.mem, ...mem },
});

const shut = varied({
  sendQBytes: 80_000,
  tcp: { notSentBytes: 80_000, sndWndBytes: 0, backoff: 4, probes: 0, lastDataSentMs: 4000 },
  mem: { wmemQueued: 87_500 },
});
const unread = varied({ recvQBytes: 62_000, tcp: { lastDataRecvMs: 6000 }, mem: { rmemAlloc: 102_000 } });
const counters = { rwndLimitedMicros: 900_000, busyMicros: 1_000_000, bytesAcked: 500_000_000 };

const look = (reading: ConnectionReading, at = 5000): SocketLook => ({ at, time: 1.7e12 + at, reading });
const explain = (reading: ConnectionReading, options: ExplainReadingOptions = {}) =>
  explainReading([look(reading)], options);
const name = (finding: ReturnType<typeof explain>): string | undefined =>
  finding && `${finding.symptom}/${finding.cause} ${finding.severity}`;

test("nothing is said of an idle connection, nor of totals since the beginning", (t) => {
  t.is(explain(healthy), undefined);
  t.is(explain(varied({ tcp: counters })), undefined);
  t.is(explain(varied({ sendQBytes: 40_000, tcp: { notSentBytes: 20_000, unacked: 10 } })), undefined);
  t.is(explainReading([]), undefined);
});

test("one reading of a shut window: how long the kernel has probed, whom it is about, and what it is not", (t) => {
  const finding = explain(shut);
  t.is(name(finding), "write-stalled/peer-not-reading info");
  t.is(
    finding?.summary,
    "1 connection at port 3000 could not send: the peer does not read (80 KB wait, the peer's window is 0 bytes, nothing moved for 1.6 s).",
  );
  t.like(finding, {
    id: "explain-7",
    state: "active",
    subject: { kind: "connection", address: "10.0.0.1", port: 3000, peer: "10.0.0.9:40000", fd: 21, pid: 77 },
    confidence: 0.97,
    firstSeen: 1.7e12 + 5000,
    lastSeen: 1.7e12 + 5000,
  });
  t.is(finding?.ruledOut[0]?.cause, "path-blackhole");
});

test("one reading of timeouts in a row: the path, and when the kernel gives up", (t) => {
  const finding = explain(
    varied({
      sendQBytes: 5000,
      tcp: { unacked: 4, retransmits: 5, backoff: 5, rtoMicros: 6_528_000, lastAckRecvMs: 7000, sndWndBytes: 65_536 },
    }),
    { look: { tcpRetries2: 8 } },
  );
  t.is(name(finding), "write-stalled/path-blackhole warning");
  t.regex(finding!.summary, /5 timeouts in a row, peer silent for 7\.0 s, the kernel gives up in about 96 s/);
});

test("one reading of unread bytes does not say that nothing was read", (t) => {
  const alone = explain(unread);
  t.is(name(alone), "read-stalled/unknown warning");
  t.regex(alone!.summary, /62 KB wait in the kernel, the last came 6\.0 s ago/);
  const paused = explain({ ...unread, node: { readableFlowing: false } });
  t.is(name(paused), "read-stalled/application-not-reading warning");
});

test("two readings do, and a loop that turned between them rules itself out", (t) => {
  const loop = { stillMs: 0, heldMs: 0, movedAt: 6500 };
  const looks = [look(unread, 5000), look(varied({ ...unread, tcp: { ...unread.tcp, lastDataRecvMs: 7500 } }), 6500)];
  const finding = explainReading(looks, { loop });
  t.is(name(finding), "read-stalled/application-not-reading warning");
  t.regex(finding!.summary, /nothing read for 7\.5 s/);
});

test("bytes that leave the queue between two readings are a slow reader, not a stalled one", (t) => {
  const looks = [look(unread, 5000), look(varied({ ...unread, recvQBytes: 50_000 }), 6500)];
  t.is(explainReading(looks), undefined);
});

test("a limit needs two readings; told before it has lasted it is information", (t) => {
  const far = {
    rttMicros: 40_000,
    minRttMicros: 40_000,
    cwnd: 400,
    unacked: 22,
    notSentBytes: 40_000,
    sndWndBytes: 32_000,
  };
  const before = varied({ sendQBytes: 70_000, tcp: far });
  const moved = { ...far, bytesAcked: 5000 + 1_200_000, busyMicros: 1_501_000, rwndLimitedMicros: 1_450_000 };
  const looks = [look(before, 5000), look(varied({ sendQBytes: 70_000, tcp: moved }), 6500)];
  t.is(explainReading(looks.slice(0, 1)), undefined);
  t.is(name(explainReading(looks)), "throughput-limited/receive-window info");
});

test("readings of another socket that had the descriptor before are left out", (t) => {
  const stranger = { ...shut, cookie: 6n };
  t.is(explainReading([look(stranger, 1000), look(healthy, 6000)]), undefined);
});

test("one leaked connection is information, with its age", (t) => {
  const finding = explain(varied({ state: "CLOSE-WAIT", tcp: { lastAckRecvMs: 60_000, lastDataSentMs: 60_000 } }));
  t.is(name(finding), "connections-leaking/close-wait info");
  t.regex(finding!.summary, /CLOSE-WAIT for 60 s/);
});

test("thresholds are options", (t) => {
  t.is(name(explain(unread, { unreadMs: 10_000 })), undefined);
  t.is(name(explain(shut, { stalledWarnMs: 1500 })), "write-stalled/peer-not-reading warning");
});
