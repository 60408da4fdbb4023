import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import fc from "fast-check";
import type { Finding } from "../../src/explain/finding.js";
import { composeLine, lineLimitBytes } from "../../src/export/line.js";
import { createLogWriter, type LogWriter } from "../../src/export/log.js";
import { type Sample, sampleOf } from "../../src/export/sample.js";
import type { Snapshot } from "../../src/snapshot/snapshot.js";
import { violation } from "./schema-check.js";
import { rounds } from "../rounds.js";

const finding: Finding = {
  id: "f1",
  symptom: "accept-queue-overflow",
  cause: "event-loop-blocked",
  severity: "critical",
  confidence: 0.97,
  state: "active",
  subject: { kind: "listener", address: "0.0.0.0", port: 3000, fd: 21 },
  summary: "197 segments were dropped at port 3000.",
  evidence: [
    { name: "listener drops", value: 197n, unit: "segments", source: "SO_MEMINFO[8]" },
    { name: "huge", value: 2n ** 53n + 1n, source: "test" },
  ],
  ruledOut: [{ cause: "cpu-throttled", because: "nr_throttled did not move" }],
  stack: ["rebuildSearchIndex (/app/server.js:12:9)"],
  remedy: ["Move the work to a worker thread."],
  firstSeen: 1,
  lastSeen: 2,
};

const snapshot = (at: number, idleMs: number, overflows: number, drops = 4): Snapshot => ({
  time: 0,
  at,
  source: "process",
  loops: [{ id: 1, tid: 7, main: true, idleMs, iterations: at / 10 }],
  listeners: [
    {
      cookie: 5n,
      transport: "tcp",
      address: "0.0.0.0",
      port: 3000,
      length: 3,
      limit: 511,
      drops,
      waiting: { connections: [{ cookie: 6n, ageMs: 250, state: "ESTAB", recvQBytes: 0 }], partial: false },
    },
  ],
  counters: { ListenOverflows: overflows, ListenDrops: 9 },
});

interface Line {
  readonly level: number;
  readonly finding?: Finding & { readonly cut?: object };
  readonly sample?: Sample;
}

const linesOf = (t: ExecutionContext, level: "finding" | "sample", act: (writer: LogWriter) => void): Line[] => {
  const folder = mkdtempSync(join(tmpdir(), "sockscope-log-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const destination = join(folder, "log.ndjson");
  const writer = createLogWriter({ destination, level, pid: 42, hostname: "box", name: "sockscope", version: "1.2.3" });
  act(writer);
  t.is(writer.lost(), 0);
  writer.close();
  const lines = readFileSync(destination, "utf8").trimEnd().split("\n");
  const parsed = lines.map((line) => JSON.parse(line));
  for (const line of parsed) t.is(violation(line), undefined);
  return parsed.map(({ time, ...rest }) => {
    t.true(Math.abs(time - Date.now()) < 60_000);
    return rest;
  });
};

test("a finding, a sample and a status are one pino-shaped line each", (t) => {
  const before = snapshot(1000, 100, 10, 2);
  const after = snapshot(2000, 350, 13);
  const lines = linesOf(t, "sample", (writer) => {
    writer.status({ state: "degraded", reason: "addon: not loaded", support: { ok: false } });
    writer.finding(finding);
    writer.sample(sampleOf(after, before));
  });
  const head = { pid: 42, hostname: "box", name: "sockscope", v: 1 };
  t.deepEqual(lines, [
    {
      ...head,
      level: 30,
      msg: "sockscope 1.2.3 degraded: addon: not loaded",
      event: "status",
      status: {
        state: "degraded",
        version: "1.2.3",
        reason: "addon: not loaded",
        support: { ok: false },
        lost: 0,
      },
    },
    {
      ...head,
      level: 50,
      msg: finding.summary,
      event: "finding",
      finding: {
        ...finding,
        evidence: [
          { name: "listener drops", value: 197, unit: "segments", source: "SO_MEMINFO[8]" },
          { name: "huge", value: "9007199254740993", source: "test" },
        ],
      },
    },
    {
      ...head,
      level: 30,
      msg: "0.0.0.0:3000 has 3 of 512 waiting for up to 250 ms, 2 segments dropped; the main loop was 75 % busy",
      event: "sample",
      sample: {
        intervalMs: 1000,
        listeners: [{ address: "0.0.0.0", port: 3000, length: 3, limit: 511, drops: 4, dropped: 2, oldestMs: 250 }],
        loops: [{ id: 1, main: true, idleShare: 0.25, iterations: 100 }],
        counters: { ListenOverflows: 3 },
      },
    },
  ]);
});

test("a sample says how many connections there are, how many were read, and what that and the observer cost", (t) => {
  const rows = [{ cookie: 7n, transport: "tcp" } as const];
  const counts = { ESTAB: 14_990, "CLOSE-WAIT": 9, unread: 1 };
  const seen = (at: number, spentMs: number, cpuMs: number): Snapshot => ({
    ...snapshot(at, 0, 0),
    process: { pid: 42, observer: { state: "R", cpuMs } },
    connections: { rows, counts, read: 12_000, total: 15_000 },
    self: { connectionsMs: spentMs, socketsRead: 0, answersMs: 0 },
  });
  const [line] = linesOf(t, "sample", (writer) =>
    writer.sample(sampleOf(seen(2000, 29.1234, 112), seen(1000, 20, 100.5))),
  );
  t.deepEqual(
    [line?.sample?.connections, line?.sample?.observerCpuMs],
    [{ total: 15_000, read: 12_000, rows: 1, byState: counts, costMs: 9.12 }, 11.5],
  );
});

test("the level follows the severity, and a resolved finding is information", (t) => {
  const lines = linesOf(t, "finding", (writer) => {
    for (const severity of ["info", "warning", "critical"] as const) writer.finding({ ...finding, severity });
    writer.finding({ ...finding, state: "resolved" });
    writer.sample(sampleOf(snapshot(0, 0, 0)));
  });
  t.deepEqual(
    lines.map(({ level }) => level),
    [30, 40, 50, 30],
  );
});

test("a long finding loses evidence first, then what was ruled out, then the stack, and says how much", (t) => {
  const evidence = Array.from({ length: 100 }, (_, index) => ({ name: `reading ${index}`, value: index, source: "x" }));
  const ruledOut = Array.from({ length: 60 }, () => ({ cause: "cpu-starved" as const, because: "because ".repeat(9) }));
  const cutOf = (changes: Partial<Finding>) => {
    const [line] = linesOf(t, "finding", (writer) => writer.finding({ ...finding, ...changes }));
    const told: NonNullable<Line["finding"]> = line?.finding ?? finding;
    const { cut, evidence: readings, ruledOut: others, stack, summary: sentence } = told;
    return { cut, left: [readings.length, others.length, stack?.length], summary: sentence };
  };
  const { summary } = finding;
  const some = cutOf({ evidence });
  t.deepEqual(some.cut, { evidence: 100 - (some.left[0] ?? 0) });
  t.true((some.left[0] ?? 0) > 50);
  const more = cutOf({ evidence, ruledOut });
  t.deepEqual(more.cut, { evidence: 100, ruledOut: 60 - (more.left[1] ?? 0) });
  t.true((more.left[1] ?? 0) > 20);
  t.deepEqual(cutOf({ evidence, ruledOut, stack: ["f".repeat(5000)] }), {
    cut: { evidence: 100, ruledOut: 60, stack: 1 },
    left: [0, 0, 0],
    summary,
  });
  t.regex(cutOf({ summary: "ü".repeat(9000) }).summary, /^ü{700,}…$/);
});

test("whatever a finding says, its line is valid JSON of at most 4,096 bytes, the same every time", (t) => {
  const text = fc.string({ unit: "binary", maxLength: 3000 });
  const findings = fc.record({
    summary: text,
    stack: fc.array(text, { maxLength: 8 }),
    evidence: fc.array(fc.record({ name: text, value: fc.oneof(fc.bigInt(), text), source: text })),
    remedy: fc.array(text),
  });
  t.notThrows(() =>
    fc.assert(
      fc.property(findings, (changes) => {
        const parts = {
          head: { level: 30, time: 1 },
          msg: changes.summary,
          event: "finding",
          payload: { ...finding, ...changes },
          trims: ["evidence", "ruledOut", "stack", "remedy"],
        };
        const line = composeLine(parts);
        if (line === undefined) return false;
        JSON.parse(line.toString());
        return (
          line.length <= lineLimitBytes && line.at(-1) === 10 && line.equals(composeLine(parts) ?? Buffer.alloc(0))
        );
      }),
      { numRuns: rounds(200) },
    ),
  );
});

test("the schema refuses lines that are none", (t) => {
  const head = { level: 30, time: 1, pid: 1, hostname: "h", name: "sockscope", msg: "", v: 1, event: "status" };
  const line = { ...head, status: { state: "started", version: "1", lost: 0 } };
  t.is(violation(line), undefined);
  t.is(violation(head), "line fits not exactly one alternative");
  t.is(violation({ ...line, v: 2 }), "line.v is not 1");
  t.is(violation({ ...line, level: "30" }), "line.level is none of 10,20,30,40,50,60");
  t.is(violation({ ...line, status: { state: "started", version: "1", lost: -1 } }), "line.status.lost is below 0");
});
