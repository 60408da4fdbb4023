import test from "ava";
import { createAgentMetrics } from "../../../src/agent/shown/agent-metrics.js";
import { createBoardMemory, createMetricsReader } from "../../../src/agent/shown/board.js";
import type { Snapshot } from "../../../src/snapshot/snapshot.js";

const snapshotAt = (at: number, length: number): Snapshot => ({
  time: at,
  at,
  source: "process",
  loops: [],
  listeners: [{ cookie: 1n, transport: "tcp", address: "::", port: 80, length, limit: 511, drops: 0 }],
});

test("metrics reach the main thread from the first interval on at which somebody holds an agent", (t) => {
  const memory = createBoardMemory();
  const read = createMetricsReader(memory);
  let isHeld = false;
  const metrics = createAgentMetrics({ memory, isHeld: () => isHeld, isServed: false, lostLines: () => 0 });
  const pass = (at: number, length: number): unknown => {
    metrics.look(snapshotAt(at, length));
    metrics.interval(snapshotAt(at, length));
    const peak = read().find(({ name }) => name === "sockscope_tcp_accept_queue_peak");
    return peak?.points.map((point) => "value" in point && point.value);
  };
  t.is(pass(1000, 9), undefined);
  t.deepEqual(read(), []);
  isHeld = true;
  t.deepEqual(pass(2000, 3), [3]);
  t.deepEqual(pass(3000, 5), [5]);
});

test("the endpoint's metrics are there although nobody holds an agent", (t) => {
  const memory = createBoardMemory();
  const metrics = createAgentMetrics({ memory, isHeld: () => false, isServed: true, lostLines: () => 0 });
  metrics.interval(snapshotAt(1000, 4));
  t.deepEqual(createMetricsReader(memory)(), []);
  t.true(metrics.collect().some(({ name }) => name === "sockscope_tcp_accept_queue_length"));
});
