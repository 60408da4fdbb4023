// Whatever is read of sockets: it never throws, text has no holes, findings stay bounded, begin once and end once.
import test from "ava";
import fc from "fast-check";
import { accountOf } from "../../../src/explain/connections/account.js";
import { createExplainer } from "../../../src/explain/explainer.js";
import { acceptCauses, connectionCauses, connectionSymptoms, type Finding } from "../../../src/explain/finding.js";
import type {
  ClosedReading,
  ClosesReading,
  ConnectionReading,
  ConnectionsReading,
} from "../../../src/snapshot/connection.js";
import { memInfoFields } from "../../../src/snapshot/fields/mem-info.js";
import { tcpInfoFields } from "../../../src/snapshot/fields/tcp-info.js";
import type { ListenerReading, LoopReading, Snapshot } from "../../../src/snapshot/snapshot.js";
import { tcpStates } from "../../../src/snapshot/tcp-state.js";
import { rounds } from "../../rounds.js";

const optional = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(arbitrary, { nil: undefined });
const number = fc.oneof(
  fc.nat(20),
  fc.nat(200_000),
  fc.constantFrom(0, 1, 1448, 2 ** 31, 2 ** 32 - 1, Number.MAX_SAFE_INTEGER),
);
const figures = (names: readonly string[]): fc.Arbitrary<Record<string, number>> =>
  fc.dictionary(fc.constantFrom(...names), number, { maxKeys: names.length });

const tcpNames = Object.keys(tcpInfoFields).filter((name) => !["state", "caState", "appLimited"].includes(name));

const row: fc.Arbitrary<ConnectionReading> = fc.record({
  cookie: fc.bigInt({ min: 1n, max: 6n }),
  transport: fc.constantFrom("tcp" as const, "tcp" as const, "udp" as const, "unix" as const),
  fd: optional(fc.nat(99)),
  inode: optional(fc.nat(2)),
  state: optional(fc.constantFrom(...tcpStates)),
  localAddress: optional(fc.constantFrom("10.0.0.1", "::1")),
  localPort: optional(fc.constantFrom(80, 3000)),
  remoteAddress: optional(fc.constantFrom("10.0.0.9", "fe80::2")),
  remotePort: optional(fc.nat(65_535)),
  path: optional(fc.constant("/run/app.sock")),
  role: optional(fc.constantFrom("server" as const, "client" as const)),
  recvQBytes: optional(number),
  sendQBytes: optional(number),
  notSentBytes: optional(number),
  tcp: optional(figures(tcpNames)),
  mem: optional(figures(Object.keys(memInfoFields))),
  timer: optional(
    fc.record({
      kind: fc.constantFrom("retransmit" as const, "keepalive" as const, "zero-window-probe" as const),
      expiresMs: number,
      retransmits: number,
    }),
  ),
  node: optional(
    fc.record({
      writableLength: optional(number),
      writableHighWaterMark: optional(number),
      writableNeedDrain: optional(fc.boolean()),
      readableFlowing: fc.constantFrom(true, false, null, undefined),
      noDelay: optional(fc.boolean()),
    }),
  ),
});

const loop: fc.Arbitrary<LoopReading> = fc.record({
  id: fc.constant(1),
  tid: fc.constant(1),
  main: fc.constant(true),
  idleMs: optional(number),
  iterations: optional(number),
  task: optional(fc.record({ state: fc.constantFrom("R", "S", "T"), cpuMs: optional(number) })),
});

const seen = optional(fc.record({ dataSegsIn: number, bytesReceived: number }));
const closes: fc.Arbitrary<ClosesReading> = fc.record({
  rows: fc.array(
    fc.tuple(row, seen).map(([reading, before]): ClosedReading => ({ ...reading, before })),
    { maxLength: 4 },
  ),
  count: number,
  lost: number,
});
const listener: fc.Arbitrary<ListenerReading> = fc.record({
  cookie: fc.constant(9n),
  transport: fc.constant("tcp" as const),
  port: fc.constantFrom(80, 3000),
  length: fc.constant(0),
  limit: fc.constant(511),
  keepAliveTimeoutMs: optional(number),
  tls: optional(fc.boolean()),
});

const look = fc.record({
  ms: fc.constantFrom(20, 500, 1000, 4000),
  loops: fc.array(loop, { maxLength: 1 }),
  counters: optional(
    fc.record({
      RcvPruned: number,
      TCPRcvQDrop: number,
      TCPMemoryPressures: number,
      TCPAbortOnData: number,
      TCPAbortOnClose: number,
    }),
  ),
  listeners: fc.array(listener, { maxLength: 1 }),
  connections: optional(
    fc.tuple(fc.array(row, { maxLength: 6 }), optional(closes)).map(([rows, closed]): ConnectionsReading => {
      return { rows, counts: {}, read: rows.length, total: rows.length, closed };
    }),
  ),
});

const causes: readonly string[] = [...connectionCauses, ...acceptCauses];
const symptoms: readonly string[] = connectionSymptoms;

const offences = (lines: readonly Finding[]): readonly string[] => {
  const last = new Map<string, Finding>();
  return lines.flatMap((line) => {
    const before = last.get(line.id);
    last.set(line.id, line);
    const { summary, remedy, evidence, subject, ruledOut } = line;
    const text = JSON.stringify([summary, remedy, evidence, subject, ruledOut]);
    return [
      ...(before?.state === "resolved" ? ["goes on after its end"] : []),
      ...(before && (before.symptom !== line.symptom || before.cause !== line.cause) ? ["changed its face"] : []),
      ...(summary.length > 300 ? [summary] : []),
      ...(evidence.length > 25 ? [`${evidence.length} rows`] : []),
      ...((subject.examples?.length ?? 0) > 8 ? ["too many examples"] : []),
      ...(/NaN|undefined|Infinity|null/.test(text) ? [text] : []),
      ...(!symptoms.includes(line.symptom) || !causes.includes(line.cause) ? [`${line.symptom}/${line.cause}`] : []),
      ...(ruledOut.some(({ cause }) => cause === line.cause) ? ["ruled out its own cause"] : []),
      ...(!(line.confidence >= 0 && line.confidence <= 1) ? [`confidence ${line.confidence}`] : []),
    ];
  });
};

test("arbitrary sockets never make it throw, and what is said of them has no holes", (t) => {
  fc.assert(
    fc.property(fc.array(look, { maxLength: 25 }), (looks) => {
      let at = 1e6;
      const explainer = createExplainer();
      const snapshots = looks.map(({ ms, ...rest }): Snapshot => {
        at += ms;
        return { ...rest, at, time: 1.7e12 + at, source: "process" };
      });
      const lines = snapshots.flatMap((snapshot) => explainer.observe(snapshot));
      t.deepEqual([...offences(lines), ...offences(explainer.active())], []);
      // All is over when nothing is shown any more.
      const end = explainer.observe({
        at: at + 60_000,
        time: 1.7e12 + at + 60_000,
        source: "process",
        loops: [],
        listeners: [],
      });
      t.deepEqual(explainer.active(), []);
      t.true(end.every(({ state }) => state === "resolved"));
    }),
    { numRuns: rounds(600) },
  );
});

test("the account of any socket is whole sentences", (t) => {
  fc.assert(
    fc.property(row, optional(row), (reading, before) => {
      const text = JSON.stringify(accountOf(reading, { before }));
      t.notRegex(text, /NaN|undefined|Infinity|null/);
    }),
    { numRuns: rounds(600) },
  );
});
