// What is told of a loop that stands while connections wait: how much of it was without a CPU, and in which JavaScript.
import test from "ava";
import { figure, history, standing } from "./history.js";

const unread = { row: { recvQBytes: 62_000 } };

test("the JavaScript that holds the loop goes into the finding when it was captured", (t) => {
  const line = history()
    .play(2000)
    .play(2000, { ...unread, every: 500, loop: "standing" });
  const frames = ["rebuildIndex (/app/search.js:12:5)", "onRequest (/app/server.js:40:3)"];
  const snapshots = line.snapshots.map((one, n) =>
    n === line.snapshots.length - 2
      ? { ...one, stalls: [{ loop: 1, sinceAt: one.at - 1000, frames, exact: true }] }
      : one,
  );
  const [finding] = standing({ ...line, snapshots });
  t.deepEqual(finding?.stack, frames);
  t.regex(finding!.summary, /the event loop stands still in rebuildIndex \(\/app\/search\.js:12:5\)/);
});

test("a wait for a CPU that the kernel counts only when it ends is not counted twice", (t) => {
  const line = history()
    .play(2000)
    .play(2000, { ...unread, every: 200, loop: "standing" });
  // ready and without a CPU for one step; what was waited is added to run_delay in the next
  const first = line.snapshots.length - 8;
  const late = (n: number, ms: number) => (n < first ? 0 : ms);
  const snapshots = line.snapshots.map((one, n) => ({
    ...one,
    loops: one.loops.map((loop) => ({
      ...loop,
      task: {
        ...loop.task!,
        cpuMs: loop.task!.cpuMs! - late(n, 200),
        runqueueMs: loop.task!.runqueueMs! + late(n - 1, 200),
      },
    })),
  }));
  const [finding] = standing({ ...line, snapshots });
  t.is(finding?.cause, "event-loop-blocked");
  t.is(figure(finding, "of it stopped or without a CPU"), 200);
});
