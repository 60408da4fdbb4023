// When a stall is worth asking for its JavaScript: connections wait to be accepted, or have waited long to be read.
import test from "ava";
import { createStallStacks } from "../../../src/agent/stacks/stall-stacks.js";
import type { ConnectionsReading } from "../../../src/snapshot/connection.js";
import type { LoopReading } from "../../../src/snapshot/snapshot.js";

const main: LoopReading = { id: 1, tid: 42, main: true };
const frames = ["work (/app/server.js:3:1)"];

/** A loop that has not turned since 1000. */
const prepare = () => {
  let asked = 0;
  const probe = {
    available: true,
    capture: () => {
      asked += 1;
      return Promise.resolve({ frames, exact: true });
    },
  };
  const watch = { turnedAt: () => 1000, hasNotTurnedSince: () => true };
  type Parts = Parameters<typeof createStallStacks>;
  const stacks = createStallStacks(probe, watch as unknown as Parts[1], () => {});
  return { stacks, asked: () => asked };
};

const holding = (recvQBytes: number, loop?: number): ConnectionsReading => ({
  rows: [{ cookie: 7n, transport: "tcp", recvQBytes, loop }],
  counts: { ESTAB: 1 },
  read: 1,
  total: 1,
});

test("bytes that nobody reads are worth a stack once the loop has stood for long", async (t) => {
  const { stacks, asked } = prepare();
  stacks.consider(1600, [main], [], holding(500));
  t.is(asked(), 0);
  stacks.consider(1900, [main], []);
  t.is(asked(), 1);
  await Promise.resolve();
  await Promise.resolve();
  t.deepEqual(stacks.take(), [{ loop: 1, sinceAt: 1000, frames, exact: true }]);
});

test("an empty queue, or that of another thread's connection, is not", (t) => {
  const { stacks, asked } = prepare();
  stacks.consider(1900, [main], [], holding(0));
  stacks.consider(2000, [main], [], holding(500, 2));
  t.is(asked(), 0);
});
