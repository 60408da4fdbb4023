// Bytes wait and do not move: the tables of zero-window probes, timeouts and Nagle stalls, as they were measured.
import test from "ava";
import { figure, history, outline, standing, told } from "./history.js";

/** The peer reads nothing: window 0, all acknowledged, 375 KB waiting; probes at 0.22, .45, .9, 1.8, 3.6 s … */
const shut = {
  row: { sendQBytes: 375_000, timer: { kind: "zero-window-probe" as const, expiresMs: 1400, retransmits: 0 } },
  tcp: { sndWndBytes: 0, unacked: 0, notSentBytes: 375_000, retransmits: 0 },
  mem: { wmemQueued: 380_000, sndbuf: 373_248 },
  each: (_: number, ms: number) => ({
    tcp: { backoff: Math.max(0, Math.floor(Math.log2(ms / 220)) + 1), lastDataSentMs: ms, lastAckRecvMs: ms % 1000 },
  }),
};

test("a peer that stops reading is told after a second, as a matter to act on after three", (t) => {
  const line = history().play(3000, { perSecond: { bytesAcked: 1e6 } });
  const findings = told(line.play(6000, shut));
  t.deepEqual(outline(findings), ["write-stalled/peer-not-reading info", "write-stalled/peer-not-reading warning"]);
  t.is(findings[0]?.id, findings[1]?.id);
  t.is(
    findings[1]?.summary,
    "1 connection at port 3000 could not send: the peer does not read (375 KB wait, the peer's window is 0 bytes, nothing moved for 3.5 s).",
  );
  t.is(figure(findings[1], "peer's window"), 0);
  t.is(figure(findings[1], "doublings of the probe timer"), 5);
  t.deepEqual(findings[1]?.subject, {
    kind: "connection",
    address: "10.0.0.1",
    port: 3000,
    pid: 77,
    peer: "10.0.0.9:40000",
    fd: 30,
    count: 1,
    examples: [
      "10.0.0.1:3000 - 10.0.0.9:40000 (fd 30): 375 KB wait, the peer's window is 0 bytes, nothing moved for 3.5 s",
    ],
  });
});

test("the same without the diag timer, without the window's size, and without SO_MEMINFO", (t) => {
  const plain = { ...shut, row: { sendQBytes: 375_000 } };
  t.deepEqual(outline(standing(history().play(6000, plain))), ["write-stalled/peer-not-reading warning"]);
  t.deepEqual(outline(standing(history({ without: ["sndWndBytes", "mem"] }).play(6000, shut))), [
    "write-stalled/peer-not-reading warning",
  ]);
});

test("one look is enough where the kernel's timers tell how long it lasts", (t) => {
  const line = history().play(0, {
    ...shut,
    tcp: { ...shut.tcp },
    each: () => ({ tcp: { backoff: 5, lastDataSentMs: 6800 } }),
  });
  t.deepEqual(outline(standing(line)), ["write-stalled/peer-not-reading warning"]);
});

test("it ends with the whole toll when the peer reads again", (t) => {
  const findings = told(
    history()
      .play(5000, shut)
      .play(10_000, {
        row: { sendQBytes: 0, timer: undefined },
        tcp: { sndWndBytes: 60_000, notSentBytes: 0, backoff: 0 },
        perSecond: { bytesAcked: 1e5 },
      }),
  );
  t.deepEqual(
    findings.map(({ state, severity }) => `${state} ${severity}`),
    ["active info", "active warning", "resolved warning"],
  );
  t.is(findings.at(-1)!.lastSeen - findings[0]!.firstSeen, 4000);
});

/** c5: TLP at 0.24 s, timeouts at 0.47, .93, 1.85, 3.67, 7.41, 14.8, 29.4, 60.1 s. */
const timeoutsAt = [470, 930, 1850, 3670, 7410, 14_800, 29_400, 60_100];
const dark = {
  row: { sendQBytes: 14_480 },
  tcp: { unacked: 10, sndWndBytes: 65_536, cwnd: 1 },
  each: (_: number, ms: number) => {
    const k = timeoutsAt.filter((due) => due <= ms).length;
    const rtoMicros = 230_000 * 2 ** k;
    return {
      tcp: { retransmits: k, backoff: k, rtoMicros, lost: k > 0 ? 9 : 0, totalRto: k, lastAckRecvMs: ms, rehash: k },
      row: { timer: { kind: "retransmit" as const, expiresMs: 100, retransmits: k } },
    };
  },
};

test("a path that swallows everything: timeouts double, the peer is silent, and the end is foreseen", (t) => {
  const findings = told(history().play(3000).play(8000, dark));
  t.deepEqual(outline(findings), ["write-stalled/path-blackhole info", "write-stalled/path-blackhole warning"]);
  const last = standing(history().play(3000).play(8000, dark))[0];
  t.is(figure(last, "timeouts in a row"), 5);
  // 924.6 s from the loss probe (0.24 s) on; five doublings of 0.23 s are gone.
  t.is(figure(last, "kernel gives up in"), 924_600 + 241 - 7130);
  t.regex(last!.summary, /nothing comes back from the peer \(.*5 timeouts in a row, peer silent for 8\.0 s/);
});

for (const [retries, death] of [
  [3, 3000],
  [5, 12_600],
  [8, 102_200],
  [15, 924_600],
] as const)
  test(`with tcp_retries2=${retries} the kernel gives up ${death} ms after the loss probe`, (t) => {
    const line = history()
      .play(0, { tcp: { rttMicros: 20_000 } })
      .play(2500, { ...dark, every: 500, look: { tcpRetries2: retries } });
    t.is(figure(standing(line)[0], "kernel gives up in"), Math.round(240 + death - 2000));
  });

test("what is lost one way only: the peer is heard, our segments are not acknowledged", (t) => {
  const line = history().play(6000, {
    ...dark,
    each: (n, ms) => ({ tcp: { ...dark.each(n, ms).tcp, lastAckRecvMs: 200 } }),
  });
  const [finding] = standing(line);
  t.is(finding?.cause, "path-blackhole");
  t.is(finding?.confidence, 0.7);
  t.regex(finding!.remedy[0]!, /MTU/);
});

/** c4 on loopback: 44 ms a round, two segments each; at most looks one is out and 100 bytes wait. */
const nagle = {
  every: 500,
  tcp: { unacked: 1, notSentBytes: 100, rttMicros: 30_000, minRttMicros: 30 },
  row: { sendQBytes: 200 },
  perSecond: { dataSegsOut: 2 / 0.044, bytesAcked: 200 / 0.044, busyMicros: 1e6 },
};

test("write, write, read at 44 ms a round is Nagle against the delayed ACK", (t) => {
  const [finding] = standing(history().play(4000, nagle));
  t.is(`${finding?.symptom}/${finding?.cause} ${finding?.severity}`, "write-stalled/nagle-delayed-ack warning");
  t.is(figure(finding, "time for each"), 44);
});

test("the same over 20 ms of round trip takes 86.4 ms a round", (t) => {
  const far = { ...nagle, tcp: { ...nagle.tcp, minRttMicros: 20_000 } };
  const line = history().play(6000, {
    ...far,
    perSecond: { dataSegsOut: 2 / 0.0864, bytesAcked: 200 / 0.0864, busyMicros: 1e6 },
  });
  t.deepEqual(outline(standing(line)), ["write-stalled/nagle-delayed-ack warning"]);
});

test("small writes without Nagle's rule, or with noDelay set, are none", (t) => {
  const quick = { ...nagle, perSecond: { dataSegsOut: 2000, bytesAcked: 200_000, busyMicros: 60_000 } };
  t.deepEqual(standing(history().play(6000, quick)), []);
  t.deepEqual(standing(history().play(6000, { ...nagle, node: { noDelay: true } })), []);
});

test("bytes that wait in Node while the loop stands, although the kernel has room", (t) => {
  const line = history()
    .play(2000, { node: { writableLength: 300_000 }, perSecond: { bytesAcked: 1e5 } })
    .play(2500, { loop: "standing", every: 500 });
  t.deepEqual(outline(standing(line)), ["write-stalled/event-loop-blocked warning"]);
});

const unix = { transport: "unix" as const, path: "/run/app.sock", notSentBytes: undefined };
const full = { ...unix, sendQBytes: 212_000 };

test("a unix socket whose reader has stopped", (t) => {
  t.deepEqual(outline(standing(history({ without: ["tcp"] }).play(5000, { row: full }))), [
    "write-stalled/peer-not-reading warning",
  ]);
});

test("a unix socket whose queue is full at every look, and that Node gets rid of more than fits in: it is read", (t) => {
  const line = history({ without: ["tcp"], row: full });
  for (let second = 1; second <= 8; second += 1) line.play(1000, { node: { takenBytes: second * 300_000 } });
  t.deepEqual(
    told(line).map(({ severity, state }) => [severity, state]),
    [],
  );
});

test("what a unix socket took until its queue was full says nothing of its reader", (t) => {
  const line = history({ without: ["tcp"], row: full });
  for (let second = 1; second <= 8; second += 1) line.play(1000, { node: { takenBytes: second * 25_000 } });
  t.deepEqual(outline(standing(line)), ["write-stalled/peer-not-reading warning"]);
});

test("a unix socket at full speed whose queue happens to be found rising: more looks show that it moves", (t) => {
  const line = history({ without: ["tcp"], row: unix });
  const holds = (sendQBytes: number) => ({ row: { sendQBytes }, every: 200 });
  line
    .play(1000)
    .play(200, holds(60_000))
    .play(1000, { ...holds(100_000), every: 1000 });
  t.deepEqual(told(line.play(400, holds(140_000)).play(1000, holds(90_000))), []);
});

test("without TCP_INFO the cause is unknown, and the finding says what was missing", (t) => {
  const [finding] = standing(history({ without: ["tcp"] }).play(5000, { row: { sendQBytes: 375_000 } }));
  t.is(finding?.cause, "unknown");
  t.is(figure(finding, "not known"), "TCP_INFO, Node's side");
});

test("a thousand connections with one cause are one finding, with a count and eight examples", (t) => {
  const [finding, ...more] = standing(history({ times: 1000 }).play(6000, shut));
  t.deepEqual(more, []);
  t.is(finding?.severity, "critical");
  t.is(finding?.subject.kind, "connections");
  t.is(finding?.subject.count, 1000);
  t.is(finding?.subject.examples?.length, 8);
  t.true(JSON.stringify(finding).length < 5000);
});
