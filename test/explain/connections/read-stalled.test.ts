// The peer has sent and the application does not get it.
import test from "ava";
import { createExplainer } from "../../../src/explain/explainer.js";
import { figure, history, outline, standing, told } from "./history.js";

/** c3 slow reader's queue, and nobody reads at all: 62 KB in the queue, the buffer at 0.78. */
const unread = {
  row: { recvQBytes: 62_000 },
  mem: { rmemAlloc: 102_000 },
  each: (_: number, ms: number) => ({ tcp: { lastDataRecvMs: ms } }),
};

test("an application that does not read, on a loop that turns: information at first, a warning after five seconds", (t) => {
  const findings = told(history().play(2000).play(7000, unread));
  t.deepEqual(outline(findings), [
    "read-stalled/application-not-reading info",
    "read-stalled/application-not-reading warning",
  ]);
  t.is(
    findings[1]?.summary,
    "1 connection at port 3000 did not read what had arrived: the application does not read (62 KB wait in the kernel, nothing read for 5.0 s).",
  );
});

test("a queue that grows while nothing is read is the same", (t) => {
  const rising = {
    perSecond: { bytesReceived: 10_000 },
    each: (n: number) => ({ row: { recvQBytes: n * 10_000 }, tcp: { lastDataRecvMs: 20 } }),
  };
  t.deepEqual(outline(standing(history().play(9000, rising))), ["read-stalled/application-not-reading warning"]);
});

test("a stream that is paused on purpose stays information for a few seconds", (t) => {
  const line = history().play(4000, { ...unread, node: { readableFlowing: false } });
  t.deepEqual(outline(standing(line)), ["read-stalled/application-not-reading info"]);
  t.is(figure(standing(line)[0], "stream"), "paused");
});

test("how old the bytes are is no alarm: the looks must have seen that nothing is read", (t) => {
  const old = { ...unread, each: (_: number, ms: number) => ({ tcp: { lastDataRecvMs: 60_000 + ms } }) };
  t.deepEqual(told(history().play(0, old)), []);
  t.deepEqual(outline(told(history().play(4000, old))), ["read-stalled/application-not-reading info"]);
  t.deepEqual(outline(standing(history().play(5000, old))), ["read-stalled/application-not-reading warning"]);
});

test("a stream that nobody read before the loop stood is still not read by the application", (t) => {
  const line = history().play(2000).play(7000, unread).play(1500, { row: unread.row, every: 500, loop: "standing" });
  t.deepEqual(outline(standing(line)), ["read-stalled/application-not-reading warning"]);
});

test("a loop that stands is the cause, and at once a matter to act on", (t) => {
  const line = history()
    .play(2000)
    .play(1500, { ...unread, every: 500, loop: "standing" });
  t.deepEqual(outline(standing(line)), ["read-stalled/event-loop-blocked warning"]);
  t.is(figure(standing(line)[0], "event loop stood for"), 1500);
  t.is(figure(standing(line)[0], "of it on a CPU"), 1500);
});

test("a thread without a CPU is not called blocked", (t) => {
  const line = history()
    .play(2000)
    .play(2500, { ...unread, every: 500, loop: "starved" });
  t.deepEqual(outline(standing(line)), ["read-stalled/unknown warning"]);
});

test("from outside: a thread asleep in epoll_wait does not read, one on the CPU is blocked, unseen is unknown", (t) => {
  const seen = (loop: "asleep" | "standing", without: readonly "loops"[] = []) =>
    outline(
      standing(
        history({ source: "outside", without })
          .play(2000)
          .play(6000, { ...unread, loop }),
      ),
    );
  t.deepEqual(seen("asleep"), ["read-stalled/application-not-reading warning"]);
  t.deepEqual(seen("standing"), ["read-stalled/event-loop-blocked warning"]);
  t.deepEqual(seen("asleep", ["loops"]), ["read-stalled/unknown warning"]);
});

test("from outside: a thread on the CPU that reads another connection meanwhile turns, it is no block", (t) => {
  const line = history({ source: "outside" })
    .play(2000)
    .play(6000, { ...unread, loop: "standing" });
  const explainer = createExplainer();
  for (const snapshot of line.snapshots) {
    const [stalled] = snapshot.connections!.rows;
    const tcp = { ...stalled!.tcp, bytesReceived: snapshot.at };
    const served = { ...stalled!, cookie: 1n, remotePort: 50_000, recvQBytes: 0, tcp };
    explainer.observe({ ...snapshot, connections: { ...snapshot.connections!, rows: [stalled!, served], total: 2 } });
  }
  t.deepEqual(outline(explainer.active()), ["read-stalled/application-not-reading warning"]);
});

test("from outside: a thread that is only seen on the CPU is blocked with a doubt, which is named", (t) => {
  const seen = (source: "outside" | "process") =>
    standing(
      history({ source })
        .play(2000)
        .play(6000, { ...unread, loop: "standing" }),
    ).map((finding) => [finding.cause, finding.confidence, figure(finding, "not known")]);
  t.deepEqual(seen("process"), [["event-loop-blocked", 0.93, undefined]]);
  t.deepEqual(seen("outside"), [["event-loop-blocked", 0.7, "whether the loop turned meanwhile (libuv's count)"]]);
});

/** b3: one lost head and nine segments behind it: inq 0, rmem 20736, rcv_ooopack 9. */
const hole = { tcp: { rcvOoopack: 9 }, mem: { rmemAlloc: 20_736 }, row: { recvQBytes: 0 } };

test("nine segments behind one that is missing", (t) => {
  const [finding] = standing(history().play(2000).play(5000, hole));
  t.is(`${finding?.symptom}/${finding?.cause} ${finding?.severity}`, "read-stalled/out-of-order-hole warning");
  t.is(figure(finding, "held out of order"), 20_736);
  t.is(figure(finding, "out-of-order packets"), 9);
});

test("a gap that is filled within a second is none; after it 14480 bytes are read", (t) => {
  const line = history()
    .play(2000)
    .play(500, { ...hole, every: 100 })
    .play(3000, { row: { recvQBytes: 0 }, mem: { rmemAlloc: 0 }, perSecond: { bytesReceived: 14_480 } });
  t.deepEqual(told(line), []);
});

test("gaps that come and go in a transfer that moves are none", (t) => {
  t.deepEqual(told(history().play(10_000, { ...hole, perSecond: { bytesReceived: 1e6, rcvOoopack: 100 } })), []);
});

test("a FIN that waits unread is no gap", (t) => {
  const line = history().play(6000, {
    row: { state: "CLOSE-WAIT", recvQBytes: 0 },
    mem: { rmemAlloc: 768 },
    tcp: { rcvOoopack: 3 },
  });
  t.deepEqual(told(line), []);
});

test("two causes at one port are two findings, and ports are told apart", (t) => {
  const line = history({ times: 3 }).play(7000, unread);
  t.is(standing(line)[0]?.subject.count, 3);
  t.is(standing(line).length, 1);
});

const unix = { transport: "unix" as const, path: "/run/app.sock", recvQBytes: 168_000, notSentBytes: undefined };

test("a unix socket whose queue is full at every look, and of which Node reads on", (t) => {
  const line = history({ without: ["tcp"], row: unix });
  for (let second = 1; second <= 8; second += 1) line.play(1000, { node: { readBytes: second * 10_000 } });
  t.deepEqual(told(line), []);
});

test("a unix socket of which Node reads no more", (t) => {
  const line = history({ without: ["tcp"], row: unix }).play(9000, { node: { readBytes: 100_000 } });
  t.deepEqual(outline(standing(line)), ["read-stalled/application-not-reading warning"]);
});
