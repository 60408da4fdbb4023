import test from "ava";
import { figuresOf, forecastOf, runColumn } from "../../src/cli/demo/figures.js";
import type { Finding } from "../../src/explain/finding.js";

const finding: Finding = {
  id: "1",
  symptom: "accept-queue-overflow",
  cause: "backlog-too-small",
  severity: "critical",
  confidence: 0.9,
  state: "active",
  subject: { kind: "listener" },
  summary: "",
  evidence: [],
  ruledOut: [],
  remedy: [],
  prediction: { "with backlog 64": { drops: 0, clientsDelayed: 0, longestWaitMs: 2417 } },
  firstSeen: 0,
  lastSeen: 0,
};

test("a run's column has its figures, the queue full where segments were dropped between two looks", (t) => {
  const plan = { server: { listenBacklog: 4 }, load: { durationMs: 1000, perSecond: 10, path: "/" } };
  const figures = figuresOf(plan, {
    port: 1,
    pid: 1,
    findings: [finding, { ...finding, id: "2", severity: "info" }],
    samples: [{ atMs: 10, length: 2, drops: 7 }],
    limit: 4,
    tally: { opened: 20, answered: 18, cut: 0, waiting: 2, medianMs: 12.4, slowestMs: 1234, overSecond: 3 },
  });
  t.deepEqual(runColumn("as it was", figures, undefined), {
    title: "as it was",
    figures: {
      connections: "20",
      answered: "18",
      "cut off": "0",
      "median answer": "12 ms",
      "slowest answer": "1.2 s",
      "over 1 s": "3",
      "queue peak": "5 of 5",
      drops: "7",
      findings: "accept-queue-overflow, cause backlog-too-small",
    },
  });
});

test("the forecast of a run is what the finding predicted for it", (t) => {
  t.is(forecastOf(finding, "with backlog 64"), "0 drops, waits up to 2.4 s");
  t.is(forecastOf(finding, "with no stall"), undefined);
  t.is(forecastOf(undefined, "with backlog 64"), undefined);
});
