// Outgoing connections that do not come about.
import test from "ava";
import type { ConnectFailureReading, PeerReading } from "../../../src/snapshot/connection.js";
import { figure, history, type Phase, standing, told } from "./history.js";

const peer = { address: "10.0.0.9", port: 5432 };

/** SYNs on the grid of Linux 6.5 and later: 0, 1.01, 2.04, 3.06, 4.08, 5.11, 7.13 s. */
const calling = (more: Phase["look"] = {}): Phase => ({
  row: { state: "SYN-SENT", role: "client", remotePort: 5432, localPort: 50_000, sendQBytes: undefined },
  look: more,
  each: (_, ms) => ({
    tcp: {
      unacked: 1,
      lastAckRecvMs: ms,
      retransmits: [1010, 2040, 3060, 4080, 5110, 7130].filter((due) => due <= ms).length,
    },
  }),
});
const said = (phase: Phase): string => {
  const [finding, ...more] = standing(history().play(4000, phase));
  if (more.length > 0) return "more than one finding";
  return `${finding?.symptom}/${finding?.cause}`;
};
const peers = (more: Partial<PeerReading>): { peers: readonly PeerReading[] } => ({
  peers: [{ ...peer, opened: 0, ...more }],
});

test("an answer to the first repeat is none", (t) => {
  t.deepEqual(told(history().play(2000, calling(peers({})))), []);
});

test("nothing at all came from there: out of reach", (t) => {
  t.is(said(calling(peers({}))), "connect-failing/path-blackhole");
  t.is(said(calling(peers({ lastHeardMs: 60_000 }))), "connect-failing/path-blackhole");
});

test("the same address and port took another connection: it is full", (t) => {
  t.is(said(calling(peers({ opened: 2, lastHeardMs: 100 }))), "connect-failing/peer-overflowing");
});

test("a host that answers, but not here, and a peer of which nothing was read, stay unknown", (t) => {
  t.is(said(calling(peers({ lastHeardMs: 100 }))), "connect-failing/unknown");
  t.is(said(calling()), "connect-failing/unknown");
});

test("the repeats alone tell how long it has waited", (t) => {
  const [finding] = standing(history().play(0, { ...calling(peers({})), each: () => ({ tcp: { retransmits: 5 } }) }));
  t.is(figure(finding, "unanswered for"), 5000);
  t.is(
    finding?.summary,
    "1 connection to 10.0.0.9:5432 did not come about: nothing at all came from that address (SYN unanswered for 5.0 s, 5 repeats).",
  );
});

const failing = (code: ConnectFailureReading["code"], perLook: number): Phase[] =>
  [1, 2, 3, 4].map((n) => ({
    hidden: true,
    look: { connectFailures: [{ code, ...peer, count: 7 + n * perLook }], counts: { "TIME-WAIT": 28_232 } },
  }));
const afterFailures = (code: ConnectFailureReading["code"], perLook: number) => {
  const line = history();
  for (const phase of failing(code, perLook)) line.play(1000, phase);
  return standing(line);
};

test("calls that fail are counted and told by their error", (t) => {
  for (const [code, cause] of [
    ["ECONNREFUSED", "peer-refusing"],
    ["EADDRNOTAVAIL", "ports-exhausted"],
    ["ETIMEDOUT", "path-blackhole"],
  ] as const) {
    const [finding, ...more] = afterFailures(code, 5);
    t.deepEqual(more, []);
    t.is(`${finding?.symptom}/${finding?.cause} ${finding?.severity}`, `connect-failing/${cause} warning`);
    // What had failed before the first look is nobody's news.
    t.is(finding?.subject.count, 15);
  }
  t.is(figure(afterFailures("EADDRNOTAVAIL", 5)[0], "in TIME-WAIT"), 28_232);
});

test("two failures are information, and one a second adds up", (t) => {
  const line = history();
  for (const phase of failing("ECONNREFUSED", 1).slice(0, 3)) line.play(1000, phase);
  t.is(standing(line)[0]?.severity, "info");
  t.is(afterFailures("ECONNREFUSED", 1)[0]?.severity, "warning");
});
