import test from "ava";
import { createEngine, toNanos } from "../../../src/model/engine.js";
import { startCalls } from "../../../src/model/transfer/calls.js";
import type { CallRecord, EndpointSpec } from "../../../src/model/transfer/scenario.js";
import { createQueuePair } from "./queue-pair.js";

const run = (sender: EndpointSpec, receiver: EndpointSpec, limits = {}, closeAt?: number) => {
  const engine = createEngine(1);
  const { writer, reader } = createQueuePair(limits);
  const calls: CallRecord[] = [];
  const record = (call: CallRecord): void => {
    calls.push(call);
  };
  startCalls({ engine, side: "sender", socket: writer, record, why: () => "no space" }, sender);
  startCalls({ engine, side: "receiver", socket: reader, record, why: () => "nothing there" }, receiver);
  if (closeAt !== undefined) engine.at(toNanos(closeAt), 0, writer.shutdown);
  engine.runUntil(toNanos(100));
  return calls.map((call) => [call.at, call.call, call.asked, call.returned, call.outcome, call.resumedAt]);
};
const small = { sendLimit: 900, receiveLimit: 1000 };

test("a writer that may not sleep is refused, waits until the socket is writable, and goes on", (t) => {
  const calls = run(
    { writes: [{ at: 0, bytes: 2500, chunk: 1000 }] },
    { reads: [{ from: 1, until: 4, every: 1, bytes: 300 }] },
    small,
  );
  t.deepEqual(calls, [
    [0, "write", 1000, 1000, "complete", null],
    [0, "write", 1000, 900, "partial", 1],
    [0, "write", 600, 0, "would-block", 1],
    [1, "read", 300, 300, "complete", null],
    [1, "write", 600, 300, "partial", 2],
    [1, "write", 300, 0, "would-block", 2],
    [2, "read", 300, 300, "complete", null],
    [2, "write", 300, 300, "complete", null],
    [3, "read", 300, 300, "complete", null],
  ]);
});

test("a writer that blocks returns when all is taken, and notes when", (t) => {
  const calls = run(
    { nonblocking: false, writes: [{ at: 0, bytes: 2500 }] },
    { reads: [{ from: 1, until: 4, every: 1, bytes: 300 }] },
    small,
  );
  t.deepEqual(calls, [
    [0, "write", 2500, 2500, "blocked", 2],
    [1, "read", 300, 300, "complete", null],
    [2, "read", 300, 300, "complete", null],
    [3, "read", 300, 300, "complete", null],
  ]);
});

test("a writer that still sleeps at the end has returned nothing", (t) => {
  const calls = run({ nonblocking: false, writes: [{ at: 0, bytes: 2500 }] }, {}, small);
  t.deepEqual(calls, [[0, "write", 2500, 0, "blocked", null]]);
});

test("a reader that blocks returns with what comes first, and is told the end", (t) => {
  const calls = run(
    { writes: [{ at: 1, bytes: 30 }] },
    { nonblocking: false, reads: [{ from: 0, chunk: 100 }] },
    {},
    2,
  );
  t.deepEqual(calls, [
    [0, "read", 100, 30, "blocked", 1],
    [1, "write", 30, 30, "complete", null],
    [1, "read", 100, 0, "eof", 2],
  ]);
});

test("a reader that may not sleep finds nothing, a short rest, or what it asked for", (t) => {
  const calls = run({ writes: [{ at: 1, bytes: 130 }] }, { reads: [{ from: 0.5, until: 4, every: 1, bytes: 100 }] });
  t.deepEqual(calls, [
    [0.5, "read", 100, 0, "would-block", null],
    [1, "write", 130, 130, "complete", null],
    [1.5, "read", 100, 100, "complete", null],
    [2.5, "read", 100, 30, "partial", null],
    [3.5, "read", 100, 0, "would-block", null],
  ]);
});

test("a reader that reads whenever something is there drains the queue by chunks", (t) => {
  const calls = run({ writes: [{ at: 1, bytes: 250 }] }, { reads: [{ from: 0, until: 3, chunk: 100 }] });
  t.deepEqual(
    calls.filter(([, call]) => call === "read"),
    [
      [1, "read", 100, 100, "complete", null],
      [1, "read", 100, 100, "complete", null],
      [1, "read", 100, 50, "partial", null],
    ],
  );
});

test("a trickling writer pauses between its calls", (t) => {
  const calls = run({ writes: [{ at: 1, bytes: 25, chunk: 10, every: 0.5 }] }, {});
  t.deepEqual(
    calls.map(([at, , asked]) => [at, asked]),
    [
      [1, 10],
      [1.5, 10],
      [2, 5],
    ],
  );
});
