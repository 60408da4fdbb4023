import { once } from "node:events";
import { Worker } from "node:worker_threads";
import test from "ava";

const program = `
const { parentPort } = require("node:worker_threads");
const { collectGarbage } = require(${JSON.stringify(require.resolve("../../src/kernel/heap.js"))});
const left = new WeakRef({});
setImmediate(() => {
  collectGarbage();
  parentPort.postMessage(left.deref() === undefined ? "collected" : "kept");
});`;

// Those of src/agent/thread.ts.
const resourceLimits = { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 2 };

test("what nothing leads to is collected at once in a thread with the observer's limits", async (t) => {
  const worker = new Worker(program, { eval: true, resourceLimits });
  t.teardown(() => worker.terminate());
  t.deepEqual(await once(worker, "message"), ["collected"]);
});
