// What the explainer wants to see more often, and what looks at few sockets do to findings about many.
import test from "ava";
import { createExplainer } from "../../../src/explain/explainer.js";
import type { ConnectionReading } from "../../../src/snapshot/connection.js";
import type { Snapshot } from "../../../src/snapshot/snapshot.js";
import { history, type Phase } from "./history.js";

const shut: Phase = {
  row: { sendQBytes: 400_000 },
  tcp: { notSentBytes: 400_000, sndWndBytes: 0, backoff: 3 },
  mem: { sndbuf: 500_000, wmemQueued: 450_000 },
};

const partly = (snapshot: Snapshot, afterMs: number, rows: readonly ConnectionReading[]): Snapshot => ({
  ...snapshot,
  at: snapshot.at + afterMs,
  time: snapshot.time + afterMs,
  connections: { ...snapshot.connections!, rows, read: rows.length, followedOnly: true },
});

const observed = (times: number) => {
  const explainer = createExplainer();
  const { snapshots } = history({ times }).play(2000).play(4000, shut);
  const told = snapshots.flatMap((snapshot) => explainer.observe(snapshot));
  return { explainer, told, last: snapshots.at(-1)! };
};

test("healthy connections are neither followed nor asked about", (t) => {
  const explainer = createExplainer();
  for (const snapshot of history({ times: 50 }).play(5000).snapshots) explainer.observe(snapshot);
  const { sockets, ask } = explainer.attention();
  t.deepEqual([sockets, ask], [[], []]);
});

test("connections in trouble are followed, and Node's side of them is wanted: few of many", (t) => {
  const few = observed(2).explainer.attention();
  t.deepEqual(
    [few.sockets, few.ask],
    [
      [1000n, 1001n],
      [1000n, 1001n],
    ],
  );
  const many = observed(500).explainer.attention();
  t.deepEqual([many.sockets.length, many.ask.length], [32, 12]);
});

test("a unix socket whose queue looks the same twice is followed and asked about: only Node knows whether it moves", (t) => {
  const waits: Phase = {
    row: { transport: "unix", path: "/run/app.sock", sendQBytes: 164_096, notSentBytes: undefined },
  };
  const explainer = createExplainer();
  const wanted = history()
    .play(3000, waits)
    .snapshots.map((snapshot) => {
      explainer.observe(snapshot);
      const { sockets, ask } = explainer.attention();
      return [sockets.length, ask.length];
    });
  t.deepEqual(wanted.slice(0, 3), [
    [0, 0],
    [1, 1],
    [1, 1],
  ]);
});

test("who is followed stays followed while the trouble lasts", (t) => {
  const { explainer, last } = observed(500);
  const before = explainer.attention().sockets;
  explainer.observe({ ...last, at: last.at + 1000, time: last.time + 1000 });
  t.deepEqual(new Set(explainer.attention().sockets), new Set(before));
});

test("a look at the followed ones alone changes nothing about the others", (t) => {
  const { explainer, last } = observed(500);
  t.deepEqual(
    explainer.active().map(({ symptom, subject }) => [symptom, subject.count]),
    [["write-stalled", 500]],
  );
  const rows = last.connections!.rows.slice(0, 32);
  for (const ms of [200, 400, 600, 800]) t.deepEqual(explainer.observe(partly(last, ms, rows)), []);
  t.is(explainer.active()[0]?.subject.count, 500);
  const moving = rows.map((row) => ({
    ...row,
    sendQBytes: 0,
    notSentBytes: 0,
    tcp: { ...row.tcp, notSentBytes: 0, backoff: 0 },
  }));
  explainer.observe(partly(last, 900, moving));
  t.is(explainer.active()[0]?.subject.count, 468);
});

test("what Node has said is asked again while it is needed, not at every look", (t) => {
  const { explainer, last } = observed(1);
  const answered = last.connections!.rows.map((row) => ({ ...row, node: { writableLength: 0 } }));
  explainer.observe(partly(last, 200, answered));
  t.deepEqual(explainer.attention().ask, []);
  explainer.observe(partly(last, 1200, last.connections!.rows));
  t.deepEqual(explainer.attention().ask, [1000n]);
});

test("Node is asked about a connection whose send buffer stays full, though it moves: it may hold more behind it", (t) => {
  const moving = history()
    .play(1000)
    .play(4000, {
      ...shut,
      tcp: { notSentBytes: 200_000 },
      perSecond: { bytesAcked: 5_000_000, dataSegsOut: 3000, busyMicros: 1_000_000 },
    });
  const explainer = createExplainer();
  for (const snapshot of moving.snapshots) explainer.observe(snapshot);
  t.deepEqual(explainer.attention().ask, [1000n]);
});
