import test from "ava";
import { createSampleLines } from "../../src/agent/sample-lines.js";
import type { Sample } from "../../src/export/sample.js";
import type { ListenerReading, Snapshot } from "../../src/snapshot/snapshot.js";

const listener = (length: number): ListenerReading => ({ cookie: 5n, transport: "tcp", port: 80, length, limit: 15 });
const snapshot = (at: number, length: number): Snapshot => ({
  time: 0,
  at,
  source: "process",
  loops: [],
  listeners: [listener(length)],
});

test("a line has the most that any look of its interval saw", (t) => {
  const samples: Sample[] = [];
  const lines = createSampleLines((sample) => samples.push(sample));
  for (const length of [1, 9, 4]) lines.look({ listeners: [listener(length)] });
  lines.interval(snapshot(1000, 4));
  lines.look({ listeners: [listener(2)] });
  lines.interval(snapshot(2000, 2));
  t.deepEqual(
    samples.map(({ intervalMs, listeners }) => [intervalMs, listeners[0]?.peak, listeners[0]?.length]),
    [
      [undefined, 9, 4],
      [1000, 2, 2],
    ],
  );
});
