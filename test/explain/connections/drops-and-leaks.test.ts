// What is thrown away, what piles up in the process, and what is never closed.
import test from "ava";
import { figure, history, outline, type Phase, standing, told } from "./history.js";

/** b3 prune: SO_RCVBUF shrunk in mid-flight: RcvPruned 1, TCPRcvQDrop 1, drops of the socket 82. */
const prune: Phase = {
  each: (n) => ({ mem: { drops: n * 82 } }),
  mem: { rmemAlloc: 472_320, rcvbuf: 425_984 },
  counters: { RcvPruned: 1, TCPRcvQDrop: 1 },
};

test("received data that the kernel threw away, with the socket and the counters that say so", (t) => {
  const [finding] = standing(history().play(3000).play(1000, prune));
  t.is(`${finding?.symptom}/${finding?.cause} ${finding?.severity}`, "data-pruned/receive-buffer-full warning");
  t.is(figure(finding, "dropped at the socket"), 82);
});

test("segments lost by the hundred into a buffer that has room again at each look", (t) => {
  const line = history()
    .play(3000)
    .play(1000, {
      each: (n) => ({ mem: { drops: n * 2347 } }),
      mem: { rmemAlloc: 15_104, rcvbuf: 16_384 },
      counters: { RcvPruned: 1, TCPRcvQDrop: 1 },
    });
  t.deepEqual(outline(standing(line)), ["data-pruned/receive-buffer-full warning"]);
});

test("segments lost by the hundred into a buffer with a quarter to spare: it is not the buffer", (t) => {
  const line = history()
    .play(3000)
    .play(1000, {
      each: (n) => ({ mem: { drops: n * 1318 } }),
      mem: { rmemAlloc: 25_500_000, rcvbuf: 33_554_432 },
      counters: { RcvPruned: 0, TCPRcvQDrop: 19 },
    });
  t.deepEqual(outline(standing(line)), ["data-pruned/unknown info"]);
});

test("probes of a shut window beside pruning elsewhere are not known to be lost data", (t) => {
  const line = history()
    .play(3000)
    .play(1000, {
      each: (n) => ({ mem: { drops: n } }),
      mem: { rmemAlloc: 15_104, rcvbuf: 16_384 },
      counters: { RcvPruned: 1, TCPRcvQDrop: 1 },
    });
  t.deepEqual(outline(standing(line)), ["data-pruned/unknown info"]);
});

test("a queue that was empty at every look, and is overfull when it is first seen, counts what it had dropped by then", (t) => {
  const line = history()
    .play(3000, { hidden: true })
    .play(500, { ...prune, every: 500, mem: { ...prune.mem, drops: 82 }, each: () => ({}) });
  t.deepEqual(outline(standing(line)), ["data-pruned/receive-buffer-full warning"]);
});

test("memory that is short everywhere: the send buffer has collapsed to 4608", (t) => {
  const line = history()
    .play(3000)
    .play(1000, { ...prune, mem: { rmemAlloc: 40_000, rcvbuf: 131_072, sndbuf: 4608 } });
  t.deepEqual(outline(standing(line)), ["data-pruned/memory-pressure warning"]);
});

test("drops of a socket alone (probes, repeats), or pruning elsewhere, are none", (t) => {
  t.deepEqual(
    told(
      history()
        .play(3000)
        .play(3000, { ...prune, counters: {} }),
    ),
    [],
  );
  t.deepEqual(
    told(
      history()
        .play(3000)
        .play(3000, { counters: { RcvPruned: 5, TCPRcvQDrop: 5 } }),
    ),
    [],
  );
});

test("a drop counter that wraps counts what came", (t) => {
  const line = history({ row: { transport: "udp", tcp: undefined } })
    .play(1000, { mem: { drops: 2 ** 32 - 5 } })
    .play(1000, { mem: { drops: 20 } });
  t.is(figure(standing(line)[0], "dropped"), 25);
});

const udp = { row: { transport: "udp" as const, tcp: undefined, remoteAddress: undefined, localPort: 8125 } };
const full = { rmemAlloc: 212_000, rcvbuf: 212_992 };

test("a burst of datagrams into a loop that turns", (t) => {
  const line = history(udp)
    .play(2000, { every: 500 })
    .play(500, { every: 500, mem: { drops: 300 } });
  const [finding] = standing(line);
  t.is(`${finding?.cause} ${finding?.severity}`, "receive-buffer warning");
  t.is(
    finding?.summary,
    "1 UDP socket at 10.0.0.1:8125 lost datagrams: more came at once than the receive buffer holds (300 datagrams dropped in 500 ms, receive buffer 131 KB).",
  );
});

test("datagrams lost while the loop stood, also when it has turned again by the next look", (t) => {
  const during = history(udp)
    .play(2000)
    .play(600, { every: 200, loop: "standing", mem: { ...full, drops: 50 } });
  t.deepEqual(outline(standing(during)), ["datagrams-dropped/event-loop-blocked warning"]);
  const quiet = history(udp).play(2000);
  const seen = quiet
    .play(600, { every: 200, loop: "standing" })
    .play(200, { every: 200, mem: { drops: 50 } }).snapshots;
  // The looks of the block itself did not reach the socket.
  const snapshots = seen.map((one, n) => (n >= 3 && n < 6 ? { ...one, connections: undefined } : one));
  t.deepEqual(outline(standing({ ...quiet, snapshots })), ["datagrams-dropped/event-loop-blocked warning"]);
});

test("datagrams lost without a CPU are nobody's block; a queue that is never emptied is nobody's burst", (t) => {
  const starved = history(udp)
    .play(2000)
    .play(600, { every: 200, loop: "starved", mem: { ...full, drops: 50 } });
  t.deepEqual(outline(standing(starved)), ["datagrams-dropped/unknown warning"]);
  const unread = history(udp).play(6000, { mem: full, each: (n) => ({ mem: { drops: n * 40 } }) });
  t.is(standing(unread).find(({ cause }) => cause === "application-not-reading")?.severity, "warning");
});

test("a single datagram lost is information", (t) => {
  t.deepEqual(
    outline(
      standing(
        history(udp)
          .play(2000)
          .play(1000, { mem: { drops: 1 } }),
      ),
    ),
    ["datagrams-dropped/receive-buffer info"],
  );
});

test("Node's buffer grows above its mark: backpressure is ignored, and the end is foreseen", (t) => {
  const line = history().play(1000);
  for (let n = 1; n <= 6; n += 1)
    line.play(1000, {
      node: { writableLength: n * 10_000_000, writableHighWaterMark: 65_536 },
      row: { sendQBytes: 87_000 },
      perSecond: { bytesAcked: 1e6 },
    });
  const [finding] = standing(line);
  t.is(
    `${finding?.symptom}/${finding?.cause} ${finding?.severity}`,
    "write-buffered-in-process/backpressure-ignored warning",
  );
  t.regex(finding!.summary, /Node holds 60 MB, 10 MB\/s more for 5\.0 s; 1 GB in about 101 s/);
});

test("one large write that drains is no such thing", (t) => {
  const line = history();
  for (let n = 9; n >= 1; n -= 1)
    line.play(1000, {
      node: { writableLength: n * 10_000_000, writableHighWaterMark: 65_536 },
      perSecond: { bytesAcked: 1e7 },
    });
  t.deepEqual(told(line), []);
});

/** f1 cw: the peer closed, the application did not. */
const closed = (ms: number): Phase => ({
  row: { state: "CLOSE-WAIT" },
  look: { counts: { "CLOSE-WAIT": 12 } },
  each: (_, spent) => ({ tcp: { lastAckRecvMs: ms + spent, lastDataSentMs: ms + spent + 50 } }),
});

test("connections that nobody closes after the peer has: a leak once there are five, after ten seconds", (t) => {
  const line = history({ times: 12 }).play(3000).play(9000, closed(0));
  t.deepEqual(told(line), []);
  const [finding] = standing(line.play(3000, closed(9000)));
  t.is(`${finding?.symptom}/${finding?.cause} ${finding?.severity}`, "connections-leaking/close-wait warning");
  t.is(finding?.subject.count, 12);
  t.deepEqual(outline(standing(history({ times: 4 }).play(3000).play(12_000, closed(0)))), [
    "connections-leaking/close-wait info",
  ]);
});

test("those that were so before anybody looked are information", (t) => {
  t.deepEqual(outline(standing(history({ times: 12 }).play(5000, closed(600_000)))), [
    "connections-leaking/close-wait info",
  ]);
});

test("a half-closed stream that still sends is none", (t) => {
  t.deepEqual(
    told(history({ times: 12 }).play(20_000, { row: { state: "CLOSE-WAIT" }, perSecond: { bytesAcked: 5000 } })),
    [],
  );
});

test("a half-closed stream whose answer waits for the peer to read is a stalled write, no leak", (t) => {
  const line = history({ times: 12 })
    .play(3000)
    .play(20_000, {
      row: { state: "CLOSE-WAIT", sendQBytes: 80_000 },
      tcp: { notSentBytes: 80_000, sndWndBytes: 0, backoff: 4 },
      each: (_, ms) => ({ tcp: { lastAckRecvMs: ms, lastDataSentMs: ms } }),
    });
  t.deepEqual(outline(standing(line)), ["write-stalled/peer-not-reading warning"]);
});

test("keep-alive probes without an answer: the peer is gone", (t) => {
  const gone: Phase = {
    tcp: { probes: 2 },
    row: { timer: { kind: "keepalive", expiresMs: 800, retransmits: 2 } },
    each: (_, ms) => ({ tcp: { lastAckRecvMs: 60_000 + ms } }),
  };
  t.deepEqual(outline(standing(history().play(3000, gone))), ["connections-leaking/half-open info"]);
  t.deepEqual(outline(standing(history({ times: 6 }).play(3000, gone))), ["connections-leaking/half-open warning"]);
});

test("what Node said long ago says nothing of now", (t) => {
  const line = history().play(1000);
  for (let n = 1; n <= 6; n += 1)
    line.play(1000, { node: { writableLength: n * 10_000_000 }, perSecond: { bytesAcked: 1e6 } });
  t.deepEqual(standing(line.play(10_000, { perSecond: { bytesAcked: 1e6 } })), []);
});
