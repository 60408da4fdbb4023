import test from "ava";
import type { Finding } from "../../src/explain/finding.js";
import { backlogIn, demos } from "../../src/cli/demo/demos.js";
import { judge } from "../../src/cli/demo/judge.js";
import { readLogLine } from "../../src/cli/demo/processes.js";

const finding: Finding = {
  id: "1",
  symptom: "accept-queue-overflow",
  cause: "event-loop-blocked",
  severity: "critical",
  confidence: 0.9,
  state: "active",
  subject: { kind: "listener" },
  summary: "",
  evidence: [],
  ruledOut: [],
  stack: ["rebuildSearchIndex (/app/server.js:12:9)", "answer (/app/server.js:30:3)"],
  remedy: [],
  firstSeen: 0,
  lastSeen: 0,
};
const { expect } = demos[0]!;

test("a diagnosis is right with symptom, cause and function", (t) => {
  t.deepEqual(judge([{ ...finding, id: "0", cause: "unknown" }, finding], expect), { finding, right: true, wrong: [] });
});

test("a diagnosis with another cause is not right", (t) => {
  t.deepEqual(judge([{ ...finding, cause: "cpu-starved" }], expect).wrong, [
    "expected accept-queue-overflow, cause event-loop-blocked; got accept-queue-overflow, cause cpu-starved",
  ]);
});

test("a diagnosis without the function is not right", (t) => {
  t.deepEqual(judge([{ ...finding, stack: undefined }], expect).wrong, [
    "expected a stack that names rebuildSearchIndex; got no stack",
  ]);
  t.false(judge([{ ...finding, stack: ["rebuildSearchIndexInSlices (/app/server.js:1:1)"] }], expect).right);
});

test("no finding is not right", (t) => {
  t.deepEqual(judge([], expect).wrong, ["expected accept-queue-overflow, cause event-loop-blocked; got no finding"]);
});

test("every demo has its own name", (t) => {
  t.is(new Set(demos.map(({ name }) => name)).size, demos.length);
});

test("a log line of sockscope is read, other lines are not", (t) => {
  const line = { level: 50, name: "sockscope", event: "finding", finding };
  t.deepEqual(readLogLine(JSON.stringify(line))?.finding, finding);
  t.is(readLogLine('{"level":30,"name":"app"}'), undefined);
  t.is(readLogLine("null"), undefined);
  t.is(readLogLine("(node:1) Warning: something"), undefined);
});

test("the listenBacklog of a remedy is found, other numbers are not", (t) => {
  t.is(
    backlogIn(["Cut the 2500 ms into slices.", "Raise the listen backlog to 128: server.listen({ backlog: 128 })."]),
    128,
  );
  t.is(backlogIn(["A backlog of 16 absorbs 400 ms."]), undefined);
});
