// The listeners of a frame: groups, accepts, points and bounds.
import test from "ava";
import { createFrames } from "../../../src/export/frame/frames.js";
import type { ListenerReading } from "../../../src/snapshot/snapshot.js";
import { connections, listener, snapshot } from "../readings.js";

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
