import test from "ava";
import { createRestarts } from "../../src/agent/restarts.js";

test("a thread that keeps dying is started anew after growing pauses, and then no more", (t) => {
  const pauseAfter = createRestarts();
  const at = [0, 1100, 5200, 21_300, 85_400, 90_000];
  t.deepEqual(at.map(pauseAfter), [1000, 4000, 16_000, 64_000, undefined, undefined]);
});

test("a death an hour ago does not count", (t) => {
  const pauseAfter = createRestarts();
  const hour = 3_600_000;
  t.deepEqual([0, hour, hour + 1, 2 * hour, 2 * hour + 1].map(pauseAfter), [1000, 1000, 4000, 4000, 4000]);
});
