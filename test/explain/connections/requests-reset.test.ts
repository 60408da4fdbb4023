// How connections ended, and whether a request was lost with them.
import test from "ava";
import { createExplainer } from "../../../src/explain/explainer.js";
import type { Finding } from "../../../src/explain/finding.js";
import type { ClosedReading } from "../../../src/snapshot/connection.js";
import type { Counters, ListenerReading, Snapshot } from "../../../src/snapshot/snapshot.js";
import { figure } from "./history.js";

const listener: ListenerReading = {
  cookie: 1n,
  transport: "tcp",
  address: "0.0.0.0",
  port: 3000,
  length: 0,
  limit: 511,
  keepAliveTimeoutMs: 5000,
};

let cookies = 100n;
/** Idle for 6 s after one answer, closed by us, the FIN acknowledged. */
const closed = (more: Partial<ClosedReading> = {}, tcp: ClosedReading["tcp"] = {}): ClosedReading => ({
  cookie: ++cookies,
  transport: "tcp",
  state: "UNCONN",
  localAddress: "10.0.0.1",
  localPort: 3000,
  remoteAddress: "10.0.0.9",
  remotePort: 40_000,
  recvQBytes: 0,
  sendQBytes: 0,
  before: { dataSegsIn: 1, bytesReceived: 100 },
  tcp: { bytesReceived: 100, dataSegsIn: 1, bytesSent: 500, lastDataSentMs: 6000, lastDataRecvMs: 6002, ...tcp },
  ...more,
});
const raced = (more: Partial<ClosedReading> = {}, tcp: ClosedReading["tcp"] = {}): ClosedReading =>
  closed({ sendQBytes: 1, ...more }, { dataSegsIn: 2, ...tcp });
const unreadAtClose = (unread: number, tcp: ClosedReading["tcp"] = {}): ClosedReading =>
  closed(
    { recvQBytes: unread },
    { bytesReceived: 2100 + unread, dataSegsIn: 3, lastDataSentMs: 40, lastDataRecvMs: 4, ...tcp },
  );

interface Scene {
  readonly listener?: Partial<ListenerReading>;
  readonly counters?: Counters;
  readonly lost?: number;
}
const onData: Scene = { counters: { TCPAbortOnData: 1 } };
const onClose: Scene = { counters: { TCPAbortOnClose: 3 } };

type Look = (at: number, ends: readonly ClosedReading[], counters: Counters | undefined) => readonly Finding[];

const zero = { TCPAbortOnData: 0, TCPAbortOnClose: 0 };

/** An explainer that has seen two quiet looks, at 1 s and 2 s. */
const begun = (scene: Scene): Look => {
  const explainer = createExplainer();
  const look: Look = (at, ends, counters) => {
    const snapshot: Snapshot = {
      at,
      time: 1.7e12 + at,
      source: "process",
      loops: [],
      listeners: [{ ...listener, ...scene.listener }],
      counters,
      connections: {
        rows: [],
        counts: {},
        read: 0,
        total: 0,
        closed: { rows: ends, count: ends.length, lost: scene.lost ?? 0 },
      },
    };
    return explainer.observe(snapshot);
  };
  look(1000, [], zero);
  look(2000, [], zero);
  return look;
};

/** What is said after one look with these ends, and, at last, when all has been quiet. */
const play = (rows: readonly ClosedReading[], scene: Scene): { readonly said: readonly Finding[]; end: Finding[] } => {
  const look = begun(scene);
  const said = [...look(3000, rows, { ...zero, ...scene.counters })];
  return { said, end: [...look(32_000, [], undefined), ...look(34_000, [], undefined)] };
};
const said = (rows: readonly ClosedReading[], scene: Scene): readonly string[] =>
  play(rows, scene).said.map(({ symptom, cause, severity }) => `${severity}: ${symptom}/${cause}`);

test("a request that comes after our FIN, the keep-alive timeout over: the race", (t) => {
  const { said: findings, end } = play([raced()], onData);
  const [finding, ...more] = findings;
  t.deepEqual(more, []);
  t.is(finding?.symptom, "requests-reset");
  t.is(finding?.cause, "keep-alive-race");
  t.is(finding?.severity, "warning");
  t.is(
    finding?.summary,
    "1 connection at port 3000 reset a request: we closed them as idle while it was on its way (idle for 6.0 s, 1 segment came after our FIN).",
  );
  t.is(figure(finding, "server.keepAliveTimeout"), 5000);
  t.is(figure(finding, "idle when it was closed"), 6000);
  t.is(figure(finding, "data after our FIN"), 1);
  t.is(figure(finding, "the peer keeps idle connections for at least"), 6000);
  t.regex(finding?.remedy[0] ?? "", /server\.keepAliveTimeout = 65000 and server\.headersTimeout = 66000/);
  t.regex(finding?.remedy[1] ?? "", /nginx keepalive_timeout 4s/);
  t.deepEqual(
    end.map(({ state, cause }) => `${state} ${cause}`),
    ["resolved keep-alive-race"],
  );
});

test("a request that had come and was not begun when the timeout closed the connection: the race, too", (t) => {
  const row = closed(
    { recvQBytes: 400 },
    { bytesReceived: 500, dataSegsIn: 2, lastDataSentMs: 6100, lastDataRecvMs: 80 },
  );
  const { said: findings } = play([row], onClose);
  t.deepEqual(
    findings.map(({ cause, severity }) => [cause, severity]),
    [["keep-alive-race", "warning"]],
  );
  t.regex(findings[0]?.summary ?? "", /idle for 6\.1 s, 400 bytes had come 80 ms before and were not read/);
});

test("a timeout of the proxy that is longer still: the remedy is above it", (t) => {
  const scene = { ...onData, listener: { keepAliveTimeoutMs: 72_000 } };
  const [finding] = play([raced({}, { lastDataSentMs: 73_000 })], scene).said;
  t.regex(finding?.remedy[0] ?? "", /server\.keepAliveTimeout = 78000/);
});

test("where the timeout is not known, idle for long is enough, with less confidence", (t) => {
  const scene = { ...onData, listener: { keepAliveTimeoutMs: undefined } };
  const [finding] = play([raced()], scene).said;
  t.is(finding?.cause, "keep-alive-race");
  t.is(finding?.confidence, 0.75);
  t.deepEqual(said([raced({}, { lastDataSentMs: 400 })], scene), ["info: requests-reset/unknown"]);
});

test("closed before the timeout, or without one: not the race", (t) => {
  t.deepEqual(said([raced({}, { lastDataSentMs: 3000 })], onData), ["info: requests-reset/unknown"]);
  t.deepEqual(said([raced()], { ...onData, listener: { keepAliveTimeoutMs: 0 } }), ["info: requests-reset/unknown"]);
});

test("closed with unread data while in use: one is news, three are trouble", (t) => {
  t.deepEqual(said([unreadAtClose(40_000)], onClose), ["info: requests-reset/closed-with-unread-data"]);
  const three = [1, 2, 3].map((n) => unreadAtClose(n * 40_000));
  const [finding] = play(three, onClose).said;
  t.is(finding?.severity, "warning");
  t.is(
    finding?.summary,
    "3 connections at port 3000 were closed while data waited to be read: the kernel sent RST, what was answered may be lost with it (the worst: 120 KB unread).",
  );
  t.is(figure(finding, "unread when it was closed"), 120_000);
  t.is(figure(finding, "TCPAbortOnClose"), 3);
  t.is(finding?.subject.examples?.length, 3);
});

test("the counter that is read a moment before the end comes: judged beside the next one, and once only", (t) => {
  const later: readonly (Counters | undefined)[] = [zero, undefined];
  for (const missed of later) {
    const look = begun(onData);
    t.deepEqual(look(3000, [raced()], missed), []);
    const findings = look(4000, [], { ...zero, TCPAbortOnData: 1 });
    t.deepEqual(
      findings.map(({ cause, subject }) => [cause, subject.count]),
      [["keep-alive-race", 1]],
    );
    t.deepEqual(look(5000, [], { ...zero, TCPAbortOnData: 2 }), []);
  }
  const look = begun(onData);
  look(3000, [raced()], zero);
  look(4000, [], zero);
  t.deepEqual(look(5000, [], { ...zero, TCPAbortOnData: 1 }), []);
});

test("an upload under way is no idle connection, however old the last answer", (t) => {
  const row = unreadAtClose(40_000, { lastDataSentMs: 20_000 });
  t.deepEqual(said([row, { ...row, cookie: 7n }, { ...row, cookie: 8n }], onClose), [
    "warning: requests-reset/closed-with-unread-data",
  ]);
});

test("ends that were not seen are said", (t) => {
  const [finding] = play([raced()], { ...onData, lost: 40 }).said;
  t.is(figure(finding, "ends that were not seen"), 40);
});

const healthy: readonly (readonly [what: string, row: ClosedReading, scene: Scene])[] = [
  ["the timeout closes an idle connection, nobody sends", closed(), onData],
  ["the peer does not acknowledge the FIN", closed({ sendQBytes: 1 }), onData],
  ["the client closes first", closed({}, { bytesReceived: 101 }), onData],
  ["a FIN that nobody read", closed({ recvQBytes: 1 }, { bytesReceived: 101 }), onClose],
  ["the peer resets", closed(), { counters: { EstabResets: 5 } }],
  ["the peer resets before we close with unread data", unreadAtClose(4000), { counters: {} }],
  ["a TLS peer's goodbye was not read", unreadAtClose(32), { ...onClose, listener: { tls: true } }],
  ["a TLS peer says goodbye after our FIN", raced(), { ...onData, listener: { tls: true } }],
  ["a repeat of what had been received, nothing reset", raced(), { counters: {} }],
  ["data of which nothing was read ever: shed at accept", unreadAtClose(4000, { bytesReceived: 4000 }), onClose],
  ["another port", raced({ localPort: 4000 }), onData],
  ["not seen before", raced({ before: undefined }), onData],
  ["SO_LINGER 0 leaves no figures", { ...closed(), tcp: {} }, onData],
];
for (const [what, row, scene] of healthy) {
  test(`nothing is said: ${what}`, (t) => {
    const rows = [1n, 2n, 3n, 4n].map((cookie): ClosedReading => ({ ...row, cookie }));
    t.deepEqual(said(rows, scene), []);
  });
}
