import { once } from "node:events";
import { Worker } from "node:worker_threads";
import test from "ava";
import { createBoardMemory, readBoard, type Shown, writeBoard } from "../../../src/agent/shown/board.js";
import type { ListenerReading, Snapshot } from "../../../src/snapshot/snapshot.js";

const listener = (index: number): ListenerReading => ({
  cookie: BigInt(index) + 2n ** 60n,
  transport: "tcp",
  port: 3000 + index,
  length: index,
  limit: 511,
  drops: undefined,
});
const snapshot = (listeners: readonly ListenerReading[]): Snapshot => ({
  time: 1,
  at: 2,
  source: "process",
  loops: [],
  listeners,
});

test("a board shows what was written last, cookies and absent readings as they were", (t) => {
  const memory = createBoardMemory();
  t.is(readBoard(memory), undefined);
  for (const length of [1, 2, 3]) {
    const shown: Shown = { snapshot: snapshot([listener(length)]), findings: [] };
    writeBoard(memory, shown);
    t.deepEqual(readBoard(memory), shown);
  }
});

test("a snapshot that is too large is shown without who waits, and one that is still too large in part", (t) => {
  const memory = createBoardMemory();
  const connections = Array.from({ length: 20_000 }, (_, index) => ({
    cookie: BigInt(index),
    ageMs: index,
    state: "ESTAB" as const,
    recvQBytes: 0,
  }));
  const crowded = { ...listener(1), waiting: { connections, partial: false } };
  writeBoard(memory, { snapshot: snapshot([crowded]), findings: [] });
  t.deepEqual(readBoard(memory)?.snapshot?.listeners, [{ ...crowded, waiting: undefined, owned: undefined }]);
  const many = Array.from({ length: 20_000 }, (_, index) => listener(index));
  writeBoard(memory, { snapshot: snapshot(many), findings: [] });
  t.is(readBoard(memory)?.snapshot?.listeners.length, 200);
});

test("a board is read whole while another thread writes to it", async (t) => {
  const memory = createBoardMemory();
  const file = JSON.stringify(require.resolve("../../../src/agent/shown/board.js"));
  const source = `const { workerData: memory } = require("node:worker_threads"); const { writeBoard } = require(${file});
    for (let i = 1; i <= 5000; i++) writeBoard(memory, { findings: Array.from({ length: i % 40 }, () => ({ id: String(i) })) });`;
  const writer = new Worker(source, { eval: true, workerData: memory });
  const ended = once(writer, "exit");
  const writing = { now: true };
  void ended.then(() => {
    writing.now = false;
  });
  let reads = 0;
  while (writing.now) {
    const ids = new Set(readBoard(memory)?.findings.map(({ id }) => id));
    if (ids.size > 1) t.fail("two writes in one reading");
    reads += 1;
    if (reads % 100 === 0) await new Promise(setImmediate);
  }
  t.true(reads > 0);
  t.is(readBoard(memory)?.findings.length, 5000 % 40);
});
