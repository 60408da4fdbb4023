import test from "ava";
import type { Cause, Finding, Severity, Symptom } from "../../../src/explain/finding.js";
import { judge } from "./judge.js";
import type { Fault } from "./scenario.js";

const path = { kind: "veth" } as const;
const run = (): Promise<void> => Promise.resolve();
const stalled: Fault = {
  expect: { symptom: "write-stalled", cause: "peer-not-reading" },
  variant: "…",
  path,
  run,
};

const line = (time: number, symptom: Symptom, cause: Cause, severity: Severity = "warning", id = symptom) => ({
  level: 40,
  time,
  pid: 1,
  event: "finding" as const,
  msg: "…",
  finding: {
    id,
    symptom,
    cause,
    severity,
    confidence: 0.9,
    state: "active",
    subject: { kind: "connection", port: 3000 },
    summary: "…",
    evidence: [{ name: "…", value: 1, source: "…" }],
    ruledOut: [],
    remedy: ["…"],
    firstSeen: 0,
    lastSeen: 0,
  } satisfies Finding,
});

test("the finding expected, in time and alone, is no fault", (t) => {
  const lines = [
    line(2200, "write-stalled", "peer-not-reading", "info"),
    line(4300, "write-stalled", "peer-not-reading"),
  ];
  t.deepEqual(judge(stalled, lines, 1000), {
    said: ["write-stalled/peer-not-reading"],
    foundMs: 3300,
    beyondMs: 300,
    confidence: 0.9,
    faults: [],
  });
});

test("only information where a warning was expected is a miss", (t) => {
  t.deepEqual(judge(stalled, [line(2200, "write-stalled", "peer-not-reading", "info")], 1000).faults, [
    "missed: write-stalled/peer-not-reading",
  ]);
});

test("a warning where information was expected is a fault", (t) => {
  const calm: Fault = { ...stalled, expect: { ...stalled.expect, severity: "info" } };
  t.deepEqual(judge(calm, [line(2200, "write-stalled", "peer-not-reading", "info")], 1000).faults, []);
  t.deepEqual(judge(calm, [line(2200, "write-stalled", "peer-not-reading")], 1000).faults, [
    "also said: write-stalled/peer-not-reading at 3000",
  ]);
});

test("late, or before the fault, is a fault", (t) => {
  t.deepEqual(judge(stalled, [line(6000, "write-stalled", "peer-not-reading")], 1000).faults, ["500 ms late"]);
  t.deepEqual(judge(stalled, [line(900, "write-stalled", "peer-not-reading")], 1000).faults, ["said before the fault"]);
});

test("another finding is a fault unless it is a companion; information never is", (t) => {
  const lines = [
    line(4000, "write-stalled", "peer-not-reading"),
    line(4000, "read-stalled", "event-loop-blocked"),
    line(4000, "throughput-limited", "receive-window", "info"),
  ];
  t.deepEqual(judge(stalled, lines, 1000).faults, ["also said: read-stalled/event-loop-blocked at 3000"]);
  const companions = [{ symptom: "read-stalled", cause: "event-loop-blocked", because: "requests wait too" }];
  t.deepEqual(judge({ ...stalled, companions }, lines, 1000).faults, []);
});

test("a cause that is replaced was wrong, unless it was unknown", (t) => {
  const lines = [
    line(2000, "write-stalled", "path-blackhole", "info"),
    line(4000, "write-stalled", "peer-not-reading"),
  ];
  t.deepEqual(judge(stalled, lines, 1000).faults, [
    "taken back: write-stalled/path-blackhole became write-stalled/peer-not-reading",
  ]);
  const unclear = [line(2000, "write-stalled", "unknown", "info"), lines[1]!];
  t.deepEqual(judge(stalled, unclear, 1000).faults, []);
});

test("of a healthy control nothing may be said that calls a person", (t) => {
  const healthy = { healthy: true, variant: "…", path, run } as const;
  t.deepEqual(judge(healthy, [line(1, "write-stalled", "unknown", "info")], 0), {
    said: [],
    foundMs: undefined,
    beyondMs: undefined,
    confidence: undefined,
    faults: [],
  });
  t.deepEqual(judge(healthy, [line(1, "write-stalled", "unknown")], 0).faults, [
    "also said: write-stalled/unknown at 3000",
  ]);
});
