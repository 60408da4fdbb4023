// The observer is a thread that calls the addon all the time, and Node may end it in any of these calls.
import test from "ava";
import { join } from "node:path";
import { runNode } from "../run-node.js";

test("a thread that is ended while it calls or loads the addon ends alone", async (t) => {
  const { code, signal, stdout } = await runNode([join(__dirname, "thread-ended.child.js")]);
  t.deepEqual({ code, signal, stdout }, { code: 0, signal: null, stdout: "call: ended 60\nload: ended 60\n" });
});

test("a thread that ends while it is told what the main thread does, or right behind that, ends alone", async (t) => {
  const { code, signal, stdout } = await runNode([join(__dirname, "look-ended.child.js")]);
  const ended = ["exit: ended 10", "exit behind it: ended 10", "exception: ended 10", ""];
  t.deepEqual({ code, signal, stdout }, { code: 0, signal: null, stdout: ended.join("\n") });
});
