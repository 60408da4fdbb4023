import { stripVTControlCharacters } from "node:util";
import test from "ava";
import type { Finding } from "../../src/explain/finding.js";
import { wrap } from "../../src/cli/view/columns.js";
import { compareLines } from "../../src/cli/view/compare.js";
import { briefLines, findingLines, remedyLines } from "../../src/cli/view/finding.js";
import { diagnosisLines, newsLines, watchLines } from "../../src/cli/view/diagnosis.js";
import { listenerLines } from "../../src/cli/view/listeners.js";
import { createMilestones } from "../../src/cli/view/milestones.js";
import { coloured, plain, wantsColour } from "../../src/cli/view/paint.js";
import { queueChartLines } from "../../src/cli/view/queue-chart.js";
import { placeOf } from "../../src/cli/view/snippet.js";

const view = { width: 80, paint: plain };

const finding: Finding = {
  id: "1",
  symptom: "accept-queue-overflow",
  cause: "event-loop-blocked",
  severity: "critical",
  confidence: 0.97,
  state: "active",
  subject: { kind: "listener", address: "::", port: 3000, pid: 12 },
  summary:
    "The accept queue of [::]:3000 overflowed: 197 segments were dropped in 2.1 s while one iteration of the event loop took 2.5 s.",
  evidence: [
    { name: "listener drops", value: 197, unit: "segments", source: "SO_MEMINFO[8]" },
    { name: "iteration length", value: 2503.21, unit: "ms", source: "uv_metrics_idle_time" },
    { name: "cookie", value: 4294967297n, source: "SO_COOKIE" },
  ],
  ruledOut: [{ cause: "cpu-throttled", because: "nr_throttled did not move" }],
  stack: ["rebuildSearchIndex (/app/server.js:12:9)"],
  remedy: ["Take rebuildSearchIndex off the main thread, or cut it into slices of at most 400 ms each.", "Raise it."],
  prediction: { asItWas: { drops: 190, longestWaitMs: 2400 }, "with backlog 256": { drops: 0 } },
  firstSeen: 0,
  lastSeen: 1,
};

test("a finding is a block of the sentence, the code, the evidence, what was ruled out and the remedy", (t) => {
  t.deepEqual(findingLines(finding, view), [
    "▲ critical  accept-queue-overflow, cause event-loop-blocked",
    "  The accept queue of [::]:3000 overflowed: 197 segments were dropped in 2.1 s",
    "  while one iteration of the event loop took 2.5 s.",
    "  where      listener [::]:3000 of pid 12, confidence 0.97",
    "  code       rebuildSearchIndex (/app/server.js:12:9)",
    "  evidence   listener drops: 197 segments (SO_MEMINFO[8])",
    "             iteration length: 2503 ms (uv_metrics_idle_time)",
    "             cookie: 4294967297 (SO_COOKIE)",
    "  ruled out  cpu-throttled: nr_throttled did not move",
    "  remedy     1. Take rebuildSearchIndex off the main thread, or cut it into",
    "                slices of at most 400 ms each.",
    "             2. Raise it.",
    "  predicted  as it was: drops 190, longest wait 2400 ms",
    "             with backlog 256: drops 0",
  ]);
});

test("a resolved finding in brief says so and wraps to a narrow width", (t) => {
  t.deepEqual(briefLines({ ...finding, state: "resolved" }, { width: 50, paint: plain }), [
    "✓ resolved  accept-queue-overflow, cause event-loop-blocked",
    "  The accept queue of [::]:3000 overflowed: 197",
    "  segments were dropped in 2.1 s while one",
    "  iteration of the event loop took 2.5 s.",
    "  at rebuildSearchIndex (/app/server.js:12:9)",
  ]);
});

test("colour adds nothing but escape sequences", (t) => {
  const lines = findingLines(finding, { width: 80, paint: coloured });
  t.deepEqual(lines.map(stripVTControlCharacters), findingLines(finding, view));
});

test("the queue chart shows depth, drops and the main thread over time", (t) => {
  const samples = [
    { atMs: 0, length: 0, drops: 0 },
    { atMs: 500, length: 1, drops: 0, busy: false },
    { atMs: 1000, length: 5, drops: 0, busy: true },
    { atMs: 1500, length: 17, drops: 3, busy: true },
    { atMs: 2000, length: 17, drops: 15, busy: true },
    { atMs: 3000, length: 0, drops: 15, busy: true },
    { atMs: 3050, length: 0, drops: 15, busy: false },
  ];
  const chart = { title: "accept queue of 127.0.0.1:3000", limit: 16, spanMs: 4000, samples, rows: 3, reports: [1600] };
  t.deepEqual(queueChartLines(chart, { width: 46, paint: plain }), [
    "accept queue of 127.0.0.1:3000: 0 of 17, 15 segments dropped",
    "    17 full ┤            ████████████",
    "            │            ████████████",
    "          0 │    ▁▁▁▁▇▇▇▇████████████",
    "    dropped │            3   +",
    "main thread │ ····███████████████████▒",
    "  sockscope │            ▲",
    "            └0 s─────1 s─────2 s─────3 s─────",
  ]);
});

test("milestones of a queue are said once, in order", (t) => {
  const milestones = createMilestones(16);
  const story = [
    [0, 0],
    [9, 0],
    [12, 0],
    [17, 2],
    [17, 90],
    [4, 95],
    [0, 95],
    [17, 99],
    [0, 99],
  ].map(([length, drops]) => milestones({ atMs: 0, length: length!, drops: drops! }));
  t.deepEqual(story, [
    [],
    ["the accept queue fills: 9 of 17"],
    [],
    ["the accept queue is full: 17 of 17", "the kernel drops the first 2 segments"],
    [],
    [],
    ["the accept queue is empty again; 95 segments were dropped"],
    [],
    [],
  ]);
});

test("runs side by side keep to the width", (t) => {
  const runs = [
    { title: "as it was", figures: { drops: "126", findings: "accept-queue-overflow, cause event-loop-blocked" } },
    { title: "listenBacklog 128", figures: { drops: "0", findings: "none" } },
  ];
  t.deepEqual(compareLines(runs, { width: 50, paint: plain }), [
    "          as it was           listenBacklog 128",
    "drops     126                 0",
    "findings  accept-queue-       none",
    "          overflow, cause",
    "          event-loop-blocked",
  ]);
});

test("the table of listeners shows new drops and shortens long paths", (t) => {
  const rows = [
    { transport: "tcp", address: "::", port: 3000, pid: 12, length: 0, limit: 511, peak: 7, drops: 9, newDrops: 4 },
    { transport: "unix", path: "/run/a/very/long/path/to/a.sock", length: 0, limit: 128, peak: 0 },
  ] as const;
  t.deepEqual(listenerLines(rows, { width: 54, paint: plain }), [
    "  listener             pid  queue  peak  limit   drops",
    "  [::]:3000             12      0     7    511  9 (+4)",
    "  …ong/path/to/a.sock    ?      0     0    128       -",
  ]);
});

test("diagnose says a finding whole, then in brief, and nothing when only figures moved", (t) => {
  const whole = findingLines(finding, view);
  const graver = { ...finding, severity: "warning" } as const;
  t.deepEqual(newsLines(undefined, finding, view), [...whole, ""]);
  t.deepEqual(newsLines(finding, { ...finding, summary: "more" }, view), []);
  t.deepEqual(newsLines(graver, finding, view), [...briefLines(finding, view), ...remedyLines(finding, view), ""]);
  t.deepEqual(newsLines({ ...finding, cause: "unknown" }, finding, view), [...whole, ""]);
  const ended = { ...finding, state: "resolved" } as const;
  t.deepEqual(newsLines(finding, ended, view), [...briefLines(ended, view), ...remedyLines(ended, view), ""]);
});

test("diagnose ends with what is still active, the listeners and what was not seen", (t) => {
  const listener = { transport: "tcp", address: "::", port: 3000, length: 0, limit: 16, peak: 17, drops: 9 } as const;
  const missing = [{ source: "/proc/sys/net", reason: "cannot be read" }];
  t.deepEqual(diagnosisLines({ findings: [finding], listeners: [listener], missing, joined: [] }, 14, view), [
    "1 finding to act on; 1 listener and 14 connections watched.",
    "",
    "Still active:",
    ...briefLines(finding, view),
    ...remedyLines(finding, view),
    "",
    ...listenerLines([listener], view),
    "",
    "Not seen:",
    "  /proc/sys/net: cannot be read",
  ]);
  t.deepEqual(diagnosisLines({ findings: [], listeners: [], missing: [], joined: [] }, 1, view), [
    "Nothing to act on; 0 listeners and 1 connection watched.",
  ]);
});

test("while diagnose watches, the fullest listeners stand where there is room", (t) => {
  const idle = { transport: "tcp", address: "::", port: 1, length: 0, limit: 16, peak: 0 } as const;
  const full = { ...idle, port: 2, length: 17, peak: 17 };
  t.deepEqual(watchLines({ listeners: [idle, full], connections: 2, leftMs: 3200 }, 10, view), [
    "4 s left; 2 connections",
    ...listenerLines([idle, full], view),
  ]);
  t.deepEqual(watchLines({ listeners: [idle, full], connections: 0, leftMs: 900 }, 3, view), [
    "1 s left; 0 connections; 1 more listeners not shown",
    ...listenerLines([full], view),
  ]);
});

test("words wrap to the width and a word that is wider stands alone", (t) => {
  t.deepEqual(wrap("one two three-is-too-long four", 9, "- ", "  "), ["- one two", "  three-is-too-long", "  four"]);
});

test("a frame's place is found with and without a function name", (t) => {
  t.deepEqual(placeOf("rebuild (/app/server.js:12:9)"), { file: "/app/server.js", line: 12 });
  t.deepEqual(placeOf("/app/server.js:12:9"), { file: "/app/server.js", line: 12 });
  t.deepEqual(placeOf("rebuild (file:///app/my%20server.mjs:3:1)"), { file: "/app/my server.mjs", line: 3 });
  t.is(placeOf("rebuild (node:fs:3:1)"), undefined);
});

test("NO_COLOR wins over FORCE_COLOR, that over the terminal", (t) => {
  t.deepEqual(
    [
      wantsColour({}, true),
      wantsColour({}, false),
      wantsColour({ TERM: "dumb" }, true),
      wantsColour({ FORCE_COLOR: "1" }, false),
      wantsColour({ FORCE_COLOR: "0" }, true),
      wantsColour({ NO_COLOR: "1", FORCE_COLOR: "1" }, true),
    ],
    [true, false, false, true, false, false],
  );
});
