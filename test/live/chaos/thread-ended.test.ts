// The observer is a thread that calls the addon all the time, and Node may end it in any of these calls.
import test from "ava";
import { join } from "node:path";
import { runNode } from "../run-node.js";

test("a thread that is ended while it calls the addon ends alone", async (t) => {
  const { code, signal, stdout } = await runNode([join(__dirname, "thread-ended.child.js")]);
  t.deepEqual({ code, signal, stdout }, { code: 0, signal: null, stdout: "ended 60\n" });
});
