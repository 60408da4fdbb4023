// The SYN queue: floods, rushes and handshakes that stay open, and what only looks like them.
import test from "ava";
import { explained, figure, outline, timeline } from "./timeline.js";

const synQueue = (sysctl: { tcp_syncookies: number }, half: number) =>
  timeline({ limit: 16, sysctl: { somaxconn: 4096, ...sysctl }, listener: { synRecv: half } }).play(1000);

test("many SYNs answered with cookies that nobody sends back are a flood", (t) => {
  const line = synQueue({ tcp_syncookies: 1 }, 17);
  for (let i = 0; i < 20; i += 1)
    line.play(100, { counters: { TCPReqQFullDoCookies: 60, SyncookiesSent: 60, SyncookiesRecv: 1 } });
  const findings = explained(line.play(10_000).snapshots);
  t.deepEqual(
    [...new Set(outline(findings))],
    ["syn-queue-overflow/syn-flood active", "syn-queue-overflow/syn-flood resolved"],
  );
  t.is(findings[0]?.severity, "critical");
  t.is(figure(findings.at(-1), "SYNs answered with a cookie"), 1200);
});

test("SYNs dropped without cookies, hardly any completed, at a low rate are incomplete handshakes", (t) => {
  const line = synQueue({ tcp_syncookies: 0 }, 17);
  for (let i = 0; i < 30; i += 1)
    line.play(100, { counters: i % 5 === 0 ? { TCPReqQFullDrop: 2, ListenDrops: 2 } : {} });
  t.deepEqual(
    [...new Set(outline(explained(line.play(10_000).snapshots)))],
    ["syn-queue-overflow/handshakes-incomplete active", "syn-queue-overflow/handshakes-incomplete resolved"],
  );
});

test("what had gathered before the counters were read is no rate of the moment", (t) => {
  const line = synQueue({ tcp_syncookies: 1 }, 17).play(1000, { every: 1000, counters: { TCPReqQFullDoCookies: 12 } });
  for (let i = 0; i < 20; i += 1) line.play(100, { counters: { TCPReqQFullDoCookies: i % 5 === 0 ? 2 : 1 } });
  t.deepEqual(
    [...new Set(outline(explained(line.play(10_000).snapshots)))],
    ["syn-queue-overflow/handshakes-incomplete active", "syn-queue-overflow/handshakes-incomplete resolved"],
  );
});

test("a rush whose handshakes complete needs a larger backlog", (t) => {
  const line = synQueue({ tcp_syncookies: 1 }, 17);
  for (let i = 0; i < 12; i += 1)
    line.play(100, {
      counters: { TCPReqQFullDoCookies: 20, SyncookiesSent: 20, SyncookiesRecv: 19, PassiveOpens: 36 },
    });
  t.deepEqual(
    [...new Set(outline(explained(line.play(10_000).snapshots)))],
    ["syn-queue-overflow/backlog-too-small active", "syn-queue-overflow/backlog-too-small resolved"],
  );
});

test("the rule of the last quarter drops SYNs that only ListenDrops counts", (t) => {
  const line = synQueue({ tcp_syncookies: 0 }, 17);
  for (let i = 0; i < 20; i += 1) line.play(100, { counters: { ListenDrops: 40 } });
  t.deepEqual(
    [...new Set(outline(explained(line.play(10_000).snapshots)))],
    ["syn-queue-overflow/syn-flood active", "syn-queue-overflow/syn-flood resolved"],
  );
});

test("a neighbour's flood moves the namespace's counters, and a listener that had no part in it is left alone", (t) => {
  const line = timeline({ limit: 511, sysctl: { somaxconn: 4096, tcp_syncookies: 1 } }).play(1000);
  for (let i = 0; i < 30; i += 1)
    line.play(100, {
      counters: { TCPReqQFullDoCookies: 60, SyncookiesSent: 60, SyncookiesRecv: 30, PassiveOpens: 40 },
    });
  t.deepEqual(explained(line.play(15_000).snapshots), []);
});

test("tcp_syncookies=2 answers every SYN with a cookie: nothing overflowed", (t) => {
  const line = synQueue({ tcp_syncookies: 2 }, 0);
  for (let i = 0; i < 20; i += 1)
    line.play(100, { counters: { TCPReqQFullDoCookies: 60, SyncookiesSent: 60, SyncookiesRecv: 60 } });
  t.deepEqual(explained(line.snapshots), []);
});
