import test from "ava";
import type { Cause, Finding, Symptom } from "../../src/explain/finding.js";
import { findLine, foreign, latest, takenBack } from "./judge.js";
import type { Log } from "./log.js";

const finding = (id: string, symptom: Symptom, cause: Cause, port = 3000): Finding => ({
  id,
  symptom,
  cause,
  severity: "warning",
  confidence: 0.9,
  state: "active",
  subject: { kind: "listener", port },
  summary: "…",
  evidence: [],
  ruledOut: [],
  remedy: [],
  firstSeen: 0,
  lastSeen: 0,
});
const logOf = (...findings: readonly Finding[]): Log => {
  const lines = findings.map((one, time) => ({
    level: 40,
    time,
    pid: 1,
    event: "finding" as const,
    msg: "…",
    finding: one,
  }));
  return { path: "", lines: () => lines, findings: () => lines };
};
const expected = { symptom: "accept-queue-overflow", cause: "event-loop-blocked", at: 3000 } as const;

test("the finding expected is found at its listener only", (t) => {
  const other = finding("a", "accept-queue-overflow", "event-loop-blocked", 3001);
  const right = finding("b", "accept-queue-overflow", "event-loop-blocked");
  t.is(findLine(logOf(other, right), expected)?.finding.id, "b");
  t.deepEqual(foreign(logOf(other, right), expected), ["accept-queue-overflow/event-loop-blocked elsewhere"]);
});

test("a finding that rises to the one expected is not foreign, another beside it is", (t) => {
  const log = logOf(
    finding("a", "accept-queue-pressure", "unknown"),
    finding("a", "accept-queue-overflow", "event-loop-blocked"),
    finding("b", "ghost-connections", "event-loop-blocked"),
  );
  t.deepEqual(foreign(log, expected), ["ghost-connections/event-loop-blocked"]);
  t.deepEqual(foreign(log, { ...expected, beside: ["ghost-connections/*"] }), []);
  t.deepEqual(takenBack(log), []);
  t.deepEqual(
    latest(log).map(({ id, symptom }) => [id, symptom]),
    [
      ["a", "accept-queue-overflow"],
      ["b", "ghost-connections"],
    ],
  );
});

test("a symptom that falls and a cause that is replaced are taken back", (t) => {
  const log = logOf(
    finding("a", "accept-queue-overflow", "event-loop-blocked"),
    finding("a", "accept-wait", "event-loop-blocked"),
    finding("a", "accept-wait", "cpu-starved"),
  );
  t.deepEqual(takenBack(log), [
    "accept-queue-overflow/event-loop-blocked became accept-wait/event-loop-blocked",
    "accept-wait/event-loop-blocked became accept-wait/cpu-starved",
  ]);
});

test("without an expectation everything is foreign", (t) => {
  t.deepEqual(foreign(logOf(finding("a", "accept-wait", "unknown"))), ["accept-wait/unknown"]);
});
