import test from "ava";
import { duringThis, openProgress } from "../../src/cli/progress.js";
import { eventually } from "../lab/eventually.js";

const gathering = (): { readonly shown: string[]; progress(text: string): void } => {
  const shown: string[] = [];
  return { shown, progress: (text) => void shown.push(text) };
};

test("what ends within a second shows nothing but its end", async (t) => {
  const io = gathering();
  t.is(await duringThis(io, "looking", Promise.resolve(7)), 7);
  t.deepEqual(io.shown, [""]);
});

test("what takes longer is said, with what is being done now, and taken away", async (t) => {
  const io = gathering();
  const progress = openProgress(io);
  progress.tell("run 1 of 2");
  await eventually("the first line", () => io.shown.length > 0);
  progress.tell("run 2 of 2");
  await eventually("the second line", () => io.shown.at(-1)?.startsWith("run 2"));
  progress.end();
  t.is(io.shown[0], "run 1 of 2 (1 s)");
  t.is(io.shown.at(-1), "");
});

test("what blocks the thread is said before", (t) => {
  const io = gathering();
  const progress = openProgress(io, true);
  progress.tell("running the model …");
  progress.end();
  t.deepEqual(io.shown, ["running the model …", ""]);
});

test("the line goes when the work fails", async (t) => {
  const io = gathering();
  await t.throwsAsync(duringThis(io, "looking", Promise.reject(new Error("no"))), { message: "no" });
  t.deepEqual(io.shown, [""]);
});
