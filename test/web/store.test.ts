import test from "ava";
import type { Frame } from "../../src/export/frame/frame.js";
import { newsOf } from "../../src/web/live/announcer.js";
import {
  emptyStore,
  maxFrames,
  missedBetween,
  type Store,
  withEvent,
  worstListener,
} from "../../src/web/live/store.js";
import { viewOf } from "../../src/web/live/view.js";
import { storyFrame } from "./story.js";

const history = (from: number, to: number): readonly Frame[] =>
  Array.from({ length: to - from }, (_, n) => storyFrame(from + n));
const after = (frames: readonly Frame[], store: Store = emptyStore): Store =>
  withEvent(store, { type: "history", data: JSON.stringify(frames) });
const next = (store: Store, frame: Frame): Store => withEvent(store, { type: "frame", data: JSON.stringify(frame) });

test("history, then frames, in order", (t) => {
  const store = next(after(history(0, 22)), storyFrame(22));
  t.deepEqual(
    store.frames.map(({ at }) => at / 1000),
    Array.from({ length: 23 }, (_, n) => n),
  );
  t.deepEqual(
    store.findings.map(({ id, state }) => [id, state]),
    [["f-overflow", "active"]],
  );
  t.is(store.lostFrames, 0);
});

test("frames that did not arrive are counted", (t) => {
  t.is(next(after(history(0, 10)), storyFrame(13)).lostFrames, 3);
  t.is(missedBetween(undefined, storyFrame(3)), 0);
  t.is(missedBetween(storyFrame(3), { ...storyFrame(9), intervalMs: 6000 }), 0);
});

test("the store keeps the last 300 frames", (t) => {
  const store = next(after(history(0, maxFrames)), storyFrame(maxFrames));
  t.is(store.frames.length, maxFrames);
  t.is(store.frames[0]!.at, 1000);
});

test("another process at the same address begins anew", (t) => {
  const store = next(after(history(0, 10)), { ...storyFrame(11), process: { pid: 7 } });
  t.deepEqual([store.frames.length, store.lostFrames], [1, 0]);
});

test("a finding between frames is shown at once", (t) => {
  const [finding] = storyFrame(22).findings;
  const told = withEvent(after(history(0, 21)), { type: "finding", data: JSON.stringify(finding) });
  t.deepEqual(
    told.findings.map(({ id }) => id),
    ["f-overflow"],
  );
});

test("what is no frame changes nothing", (t) => {
  for (const data of ["{", "null", "[]", '{"v":2}', "7"])
    t.is(withEvent(emptyStore, { type: "frame", data }), emptyStore);
  t.is(withEvent(emptyStore, { type: "news", data: "{}" }), emptyStore);
});

test("the worst listener is the one that drops, then the one that stands fullest", (t) => {
  const frame = storyFrame(24);
  const [busy, quiet] = frame.listeners as readonly [Frame["listeners"][number], Frame["listeners"][number]];
  t.is(worstListener([frame]), "0.0.0.0:3000");
  t.is(
    worstListener([
      {
        ...frame,
        listeners: [
          { ...busy, dropped: 0, peak: 2 },
          { ...quiet, peak: 400 },
        ],
      },
    ]),
    quiet.id,
  );
  t.is(worstListener([{ ...frame, listeners: [] }]), undefined);
  t.is(worstListener([]), undefined);
});

test("the view is of the listener that was chosen, and of the worst once that is gone", (t) => {
  const store = after(history(0, 25));
  t.is(viewOf(store, "/run/app/admin.sock")?.listener?.id, "/run/app/admin.sock");
  t.is(viewOf(store, "gone")?.listener?.id, "0.0.0.0:3000");
  t.is(viewOf(emptyStore, undefined), undefined);
});

test("the view names the function that holds the loop up, for as long as it does", (t) => {
  const stallAt = (second: number): string | undefined => viewOf(after(history(0, second + 1)), undefined)?.stall;
  t.deepEqual([20, 21, 24, 26, 27].map(stallAt), [
    undefined,
    "rebuildSearchIndex",
    "rebuildSearchIndex",
    "rebuildSearchIndex",
    undefined,
  ]);
});

test("what is read every few seconds is shown until it is read again", (t) => {
  t.is(viewOf(after(history(0, 14)), undefined)?.network?.nics[0]?.rxPacketRate, 3130);
});

test("a screen reader hears findings begin and end, not every frame", (t) => {
  const findings = (second: number): Frame["findings"] => storyFrame(second).findings;
  t.regex(newsOf(findings(20), findings(22)) ?? "", /^critical: The accept queue of 0\.0\.0\.0:3000 overflowed/);
  t.is(newsOf(findings(22), findings(23)), undefined);
  t.regex(newsOf(findings(32), findings(33)) ?? "", /^Resolved: accept-queue-overflow$/);
});
