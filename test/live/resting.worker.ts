// Rests for longer than it lives.
import { parentPort } from "node:worker_threads";
import { createQuietWatch } from "../../src/kernel/quiet-watch.js";

const watch = createQuietWatch(() => undefined);
const now = performance.now();
watch?.rest({
  now,
  begunAt: now,
  everyMs: 1,
  untilAt: now + 60_000,
  heldMs: 60_000,
  lateMs: 1,
  listeners: [],
  loops: [],
});
parentPort?.postMessage("resting");
