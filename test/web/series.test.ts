import test from "ava";
import type { Frame } from "../../src/export/frame/frame.js";
import { chartTable } from "../../src/web/parts/chart-table.js";
import { dropSeries, functionName, loopSeries, queueSeries, waitSeries } from "../../src/web/parts/series.js";
import { storyBegin, storyFrame } from "./story.js";

const id = "0.0.0.0:3000";
const story = (from: number, to: number): readonly Frame[] =>
  Array.from({ length: to - from + 1 }, (_, n) => storyFrame(from + n));
const second = (n: number): number => storyBegin / 1000 + n;

test("the queue is drawn at every look, beside its limit", (t) => {
  const { columns, says } = queueSeries(story(21, 21), id);
  t.deepEqual(
    columns[0],
    Array.from({ length: 11 }, (_, n) => (n < 10 ? second(21) - (900 - n * 100) / 1000 : second(21))).slice(0, 10),
  );
  t.deepEqual(columns[1], [0, 2, 4, 5, 7, 9, 11, 13, 15, 16]);
  t.deepEqual(
    columns[2],
    Array.from({ length: 10 }, () => 16),
  );
  t.is(says, "16 connections wait in the accept queue, limit 16, at most 16 in the time shown");
});

test("times only ascend, and the columns are of one length, in every chart", (t) => {
  for (const { id: name, read, lines } of chartTable) {
    const { columns } = read(story(0, 40), id);
    t.is(columns.length, lines.length + 1, name);
    t.true(
      columns.every(({ length }) => length === columns[0]!.length),
      name,
    );
    const times = columns[0] as readonly number[];
    t.true(
      times.every((time, n) => n === 0 || time > times[n - 1]!),
      name,
    );
  }
});

test("where frames are missing the line is broken, not drawn across", (t) => {
  const { columns } = dropSeries([storyFrame(22), storyFrame(30)], id);
  t.deepEqual(columns, [
    [second(22), second(22) + 0.001, second(30)],
    [37, null, 0],
  ]);
});

test("a stall's band lasts as long as the loop stood still, under the function's name", (t) => {
  const { marks, says } = loopSeries(story(18, 30));
  t.deepEqual(marks, [{ from: second(20) + 0.06, to: second(26), label: "rebuildSearchIndex" }]);
  t.is(says, "The loop is 32 percent busy; held up by rebuildSearchIndex");
});

test("nobody waits in an empty queue; in one that was not asked, nobody knows", (t) => {
  const frame = storyFrame(24);
  const row = frame.listeners[0]!;
  const { oldestMs: _, ...unread } = row;
  t.deepEqual(waitSeries([frame], id).columns[1], [3.94]);
  t.deepEqual(waitSeries([{ ...frame, listeners: [{ ...unread, peak: 0 }] }], id).columns[1], [0]);
  t.deepEqual(waitSeries([{ ...frame, listeners: [unread] }], id).columns[1], [null]);
});

test("without frames and without a listener every chart says so and draws nothing", (t) => {
  for (const { read } of chartTable) t.deepEqual(read([], undefined).columns.flat(), []);
  t.is(queueSeries([], undefined).says, "No listener in the time shown");
});

test("a function's name is what stands before its place", (t) => {
  t.is(functionName("rebuild (/app/a b/x.js:1:2)"), "rebuild");
  t.is(functionName("/app/x.js:1:2"), "/app/x.js:1:2");
  t.is(functionName(undefined), undefined);
});
