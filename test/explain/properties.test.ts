// Whatever the snapshots say: it never throws, symptoms only rise, ids stay, every finding begins, and ends once.
import test from "ava";
import fc from "fast-check";
import { createExplainer } from "../../src/explain/explainer.js";
import {
  acceptCauses,
  connectionCauses,
  type Finding,
  networkCauses,
  otherCauses,
  symptoms,
} from "../../src/explain/finding.js";
import { rungOf } from "../../src/explain/symptoms/ladder.js";
import { counterNames, type Snapshot } from "../../src/snapshot/snapshot.js";
import type { Phase } from "./phases.js";
import { timeline, told } from "./timeline.js";
import { rounds } from "../rounds.js";

const optional = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(arbitrary, { nil: undefined });
const number = fc.oneof(
  fc.nat(2000),
  fc.constantFrom(0, 1, 2 ** 31, 2 ** 32 - 1, Number.MAX_SAFE_INTEGER),
  fc.double({ noNaN: true, min: 0, max: 1e9 }),
);

const task = fc.record({
  state: fc.constantFrom("R", "S", "D", "T", "t", "Z", "?", ""),
  cpuMs: optional(number),
  runqueueMs: optional(number),
  wchan: optional(fc.constantFrom("ep_poll", "futex_wait", "0", "")),
});

const listener = fc.record({
  cookie: fc.constantFrom(1n, 2n, 3n),
  transport: fc.constantFrom("tcp" as const, "unix" as const),
  port: optional(fc.constantFrom(80, 3000)),
  loop: optional(fc.constantFrom(1, 2)),
  length: fc.nat(40),
  limit: fc.constantFrom(0, 4, 16, 4_294_967_295),
  drops: optional(number),
  listenBacklog: optional(fc.integer({ min: -1, max: 1000 })),
  synRecv: optional(fc.nat(40)),
  waiting: optional(
    fc.record({
      connections: fc.array(
        fc.record({
          cookie: fc.bigInt({ min: 10n, max: 30n }),
          ageMs: number,
          state: fc.constantFrom("ESTAB" as const, "CLOSE_WAIT" as const),
          recvQBytes: fc.nat(9),
        }),
        { maxLength: 20 },
      ),
      partial: fc.boolean(),
    }),
  ),
  owned: optional(
    fc.record({ count: fc.nat(50), accepted: fc.nat(50), untouchedMs: optional(fc.array(number, { maxLength: 9 })) }),
  ),
  acceptWaitsMs: optional(fc.array(number, { maxLength: 9 })),
  roundRobin: optional(fc.boolean()),
  refused: optional(fc.nat(50)),
});

const snapshot = fc.record({
  ms: fc.oneof(fc.nat(200), fc.nat(20_000), fc.constant(-50)),
  source: fc.constantFrom("process" as const, "outside" as const, "model" as const),
  process: optional(
    fc.record({
      pid: fc.nat(99),
      fds: optional(fc.record({ open: fc.nat(90), limit: fc.nat(90) })),
      cpuQuota: optional(fc.record({ periods: number, throttledPeriods: number, throttledMs: number })),
      frozen: optional(fc.boolean()),
      observerLateMs: optional(number),
      observer: optional(task),
    }),
  ),
  host: optional(fc.record({ cpus: fc.nat(4), stealMs: optional(number) })),
  loops: fc.array(
    fc.record({
      id: fc.constantFrom(1, 2),
      tid: fc.nat(9),
      main: fc.boolean(),
      idleMs: optional(number),
      iterations: optional(number),
      task: optional(task),
    }),
    { maxLength: 2 },
  ),
  listeners: fc.array(listener, { maxLength: 3 }),
  counters: optional(fc.dictionary(fc.constantFrom(...counterNames), number)),
  sysctl: optional(
    fc.record({
      somaxconn: optional(fc.nat(50)),
      tcp_syncookies: optional(fc.nat(2)),
      tcp_abort_on_overflow: optional(fc.nat(1)),
      tcp_syn_linear_timeouts: optional(fc.nat(5)),
    }),
  ),
  stalls: optional(
    fc.array(
      fc.record({
        loop: fc.nat(2),
        sinceAt: number,
        frames: fc.array(fc.string(), { maxLength: 3 }),
        exact: fc.boolean(),
      }),
      { maxLength: 2 },
    ),
  ),
});

/** What the life of findings keeps to, over the lines in the order in which they were written. */
const offences = (lines: readonly Finding[]): readonly string[] => {
  const last = new Map<string, Finding>();
  const out: string[] = [];
  for (const line of lines) {
    const before = last.get(line.id);
    if (!before && line.state !== "active") out.push(`${line.id} did not begin`);
    if (before?.state === "resolved") out.push(`${line.id} goes on after its end`);
    if (before && rungOf(line.symptom) > rungOf(before.symptom)) out.push(`${line.symptom} after ${before.symptom}`);
    if (before && before.firstSeen !== line.firstSeen) out.push("firstSeen moved");
    if (line.lastSeen < line.firstSeen) out.push("ended before it began");
    if (line.summary.length > 300) out.push(`summary of ${line.summary.length}`);
    if (line.evidence.length > 25) out.push(`${line.evidence.length} rows of evidence`);
    if (!(line.confidence >= 0 && line.confidence <= 1)) out.push(`confidence ${line.confidence}`);
    if (!symptoms.includes(line.symptom)) out.push(line.symptom);
    if (![...acceptCauses, ...otherCauses, ...connectionCauses, ...networkCauses].includes(line.cause))
      out.push(line.cause);
    if (/NaN|undefined|Infinity/.test(line.summary + line.remedy.join())) out.push(line.summary + line.remedy.join());
    last.set(line.id, line);
  }
  return out;
};

test("arbitrary snapshots never make it throw, and findings live as they should", (t) => {
  fc.assert(
    fc.property(fc.array(snapshot, { maxLength: 60 }), (parts) => {
      let at = 1e6;
      const explainer = createExplainer();
      const lines = parts.flatMap(({ ms, ...rest }) => {
        at += ms;
        explainer.attention();
        return explainer.observe({ ...rest, at, time: 1.7e12 + at } satisfies Snapshot);
      });
      const active = explainer.active();
      t.deepEqual([...offences(lines), ...offences(active)], []);
    }),
    { numRuns: rounds(400) },
  );
});

const phase: fc.Arbitrary<[number, Phase]> = fc.tuple(
  fc.integer({ min: 20, max: 3000 }),
  fc.record(
    {
      every: fc.constantFrom(20, 50, 100, 250),
      burst: fc.nat(60),
      arrivals: fc.nat(200),
      accepts: fc.nat(300),
      idle: fc.double({ min: 0, max: 1, noNaN: true }),
      turns: fc.nat(500),
      cpu: fc.double({ min: 0, max: 1, noNaN: true }),
      runqueue: fc.double({ min: 0, max: 1, noNaN: true }),
      throttled: fc.double({ min: 0, max: 1, noNaN: true }),
      state: fc.constantFrom("R", "S", "T"),
      gone: fc.nat(5),
      late: fc.constantFrom(0, 0, 0, 400),
    },
    { requiredKeys: [] },
  ),
);

test("any history of a server makes findings that begin, change and end", (t) => {
  fc.assert(
    fc.property(fc.array(phase, { maxLength: 12 }), fc.constantFrom(0, 4, 16, 511), (phases, limit) => {
      const line = timeline({ limit }).play(200);
      for (const [ms, part] of phases) line.play(ms, part);
      const explainer = createExplainer();
      const lines = told(explainer, line.play(20_000).snapshots);
      t.deepEqual(offences(lines), []);
      // Ghosts aside, all is over after 20 quiet seconds.
      t.deepEqual(explainer.active(), []);
      const ended = lines.filter(({ state }) => state === "resolved").length;
      t.is(ended, new Set(lines.map(({ id }) => id)).size);
    }),
    { numRuns: rounds(150) },
  );
});
