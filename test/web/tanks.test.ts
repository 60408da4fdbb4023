import test from "ava";
import type { Frame, FrameConnection } from "../../src/export/frame/frame.js";
import { flows, paceOf } from "../../src/web/live/path/flow.js";
import { layoutFor } from "../../src/web/live/path/layout.js";
import { panelContent } from "../../src/web/live/panel-content.js";
import { emptyStore, type Store } from "../../src/web/live/store.js";
import { tanks } from "../../src/web/live/tanks/index.js";
import { receiveLevel } from "../../src/web/live/tanks/receive-queue.js";
import { sendLevel } from "../../src/web/live/tanks/send-queue.js";
import { stateOf, tankLabel, type TankId } from "../../src/web/live/tanks/tank.js";
import { viewOf } from "../../src/web/live/view.js";
import { storyFrame } from "./story.js";

const storeAt = (second: number): Store => {
  const frames = Array.from({ length: second + 1 }, (_, n) => storyFrame(n));
  return { ...emptyStore, frames, findings: frames.at(-1)!.findings };
};
const labels = (store: Store): readonly string[] => {
  const view = viewOf(store, undefined)!;
  return tanks.map((tank) => {
    const reading = tank.read(view);
    return tankLabel(tank, reading, stateOf(tank, reading, store.findings));
  });
};
const tank = (id: TankId): (typeof tanks)[number] => tanks.find((one) => one.id === id)!;

test("the path in words during an overflow", (t) => {
  t.deepEqual(labels(storeAt(24)), [
    "NIC: eth0, in 3,140 pkt/s, out 2,880 pkt/s",
    "NAPI: 3,140/s, packets, softirq 7 %, squeezed 1 ×",
    "SYN queue: 3, half-open",
    "Accept queue: 17 of 17, peak 17, 0/s accepted, oldest 3.9 s, 33 dropped, spilling",
    "Receive queue: 8.9 KB, unread, read 30 KB/s",
    "Your event loop: 100 % busy, held up by, rebuildSearchIndex, does not turn, spilling",
    "Send queue: 242 KB, 0 B not sent, sent 0 B/s",
  ]);
});

test("the path in words of a process that listens to nothing and where nothing could be read", (t) => {
  const bare: Frame = { v: 1, time: 1, at: 1, source: "process", loops: [], listeners: [], stalls: [], findings: [] };
  t.deepEqual(labels({ ...emptyStore, frames: [bare] }), [
    "NIC: –, in –, out –",
    "NAPI: –, packets, softirq –",
    "SYN queue: –, not counted now",
    "Accept queue: –, no listener",
    "Receive queue: –, unread, read –",
    "Your event loop: –",
    "Send queue: –, – not sent, sent –",
  ]);
});

test("a loop that did not turn stood still where it was busy, and waited where it was idle", (t) => {
  const read = (idleShare: number): readonly string[] => {
    const loop = { id: 1, main: true, idleShare, iterations: 0 };
    const frame: Frame = { ...storyFrame(0), intervalMs: 1000, loops: [loop], stalls: [] };
    return tank("loop").read(viewOf({ ...emptyStore, frames: [frame] }, undefined)!).lines;
  };
  t.deepEqual([read(0), read(0.99)], [["does not turn"], ["waits for events"]]);
});

test("a queue of limit and one is full with one more than its limit", (t) => {
  const read = (second: number): number | undefined => tank("accept").read(viewOf(storeAt(second), undefined)!).level;
  t.is(read(24), 1);
  t.is(read(18), 0);
});

test("a receive queue is full when the offered window is shut, a send queue when the peer's takes no more", (t) => {
  const row = (own: Partial<FrameConnection>): FrameConnection => ({ id: "1", transport: "tcp", findings: [], ...own });
  t.is(receiveLevel(row({ recvQBytes: 30_000, ownWindowBytes: 0 })), 1);
  t.is(receiveLevel(row({ recvQBytes: 20_000, ownWindowBytes: 60_000 })), 0.25);
  t.is(receiveLevel(row({ recvQBytes: 0, ownWindowBytes: 0 })), 0);
  t.is(receiveLevel(row({ recvQBytes: 9 })), undefined);
  t.is(sendLevel(row({ sendQBytes: 65_536, notSentBytes: 65_536, peerWindowBytes: 0 })), 1);
  t.is(sendLevel(row({ sendQBytes: 10_000, peerWindowBytes: 40_000 })), 0.25);
  t.is(sendLevel(row({ peerWindowBytes: 9 })), undefined);
});

test("a send queue with a transfer under way is calm however full; with a finding it is not", (t) => {
  const store = storeAt(36);
  const reading = tank("send").read(viewOf(store, undefined)!);
  t.is(reading.level, 1);
  t.is(stateOf(tank("send"), reading, []), "calm");
  t.is(stateOf(tank("send"), reading, store.findings), "pressed");
});

test("pipes run as fast as what is in them", (t) => {
  const view = viewOf(storeAt(19), undefined)!;
  t.deepEqual(
    Object.values(flows).map((flow) => paceOf(flow(view))),
    [3, 2, 2, 2, 2, 2, 2, 3],
  );
  t.deepEqual([undefined, 0, 3, 300, 3000].map(paceOf), [0, 0, 1, 2, 3]);
});

test("boxes of the path stand inside the picture and apart from each other, lying and standing", (t) => {
  for (const width of [1000, 360]) {
    const layout = layoutFor(width);
    const boxes = Object.values(layout.boxes);
    for (const [n, a] of boxes.entries()) {
      t.true(a.x >= 0 && a.y >= 0 && a.x + a.width <= layout.width && a.y + a.height <= layout.height);
      for (const b of boxes.slice(n + 1))
        t.true(a.x + a.width < b.x || b.x + b.width < a.x || a.y + a.height < b.y || b.y + b.height < a.y);
    }
  }
});

test("a press on anything has a title, a meaning, and figures with the kernel's names", (t) => {
  const store = storeAt(36);
  const view = viewOf(store, undefined);
  const titles = [
    ...tanks.map(({ id }) => panelContent({ kind: "tank", id }, view, store)),
    panelContent({ kind: "listener", id: "0.0.0.0:3000" }, view, store),
    panelContent({ kind: "connection", id: "90077" }, view, store),
    panelContent({ kind: "finding", id: "f-stalled" }, view, store),
    panelContent({ kind: "chart", id: "queue" }, view, store),
  ].map(({ title, meaning, figures, findings, ask }) => {
    t.true(meaning.length > 0 && meaning.every((line) => line.length > 20), title);
    return [title, figures.some(({ kernel }) => kernel !== undefined), findings.map(({ id }) => id), ask];
  });
  t.deepEqual(titles, [
    ["NIC", true, [], undefined],
    ["NAPI", true, [], undefined],
    ["SYN queue of 0.0.0.0:3000", true, [], "listener=0.0.0.0%3A3000"],
    ["Accept queue of 0.0.0.0:3000", true, [], "listener=0.0.0.0%3A3000"],
    ["Receive queue", true, [], undefined],
    ["Your event loop", true, [], undefined],
    ["Send queue", true, ["f-stalled"], undefined],
    ["Listener 0.0.0.0:3000", true, [], "listener=0.0.0.0%3A3000"],
    ["Connection with 192.0.2.44:51034", true, ["f-stalled"], "connection=90077"],
    ["write-stalled", false, ["f-stalled"], undefined],
    ["Accept queue against its limit", false, [], undefined],
  ]);
});

test("what was pressed and is gone says so", (t) => {
  const store = storeAt(3);
  const view = viewOf(store, undefined);
  for (const kind of ["listener", "connection", "finding"] as const)
    t.deepEqual(panelContent({ kind, id: "gone" }, view, store).meaning, ["It is no longer there."]);
});
