// Outgoing connections that do not come about.
import test from "ava";
import type { Finding } from "../../../src/explain/finding.js";
import type { ConnectFailureReading, PeerReading } from "../../../src/snapshot/connection.js";
import { figure, history, outline, type Phase, standing, told } from "./history.js";

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
  t.deepEqual(told(history().play(1900, calling(peers({})))), []);
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

const full = { listener: { length: 3, limit: 2 } };
const room = { listener: { length: 0, limit: 2 } };

test("a listener on the same host is full, or was so while the SYN waited", (t) => {
  const [finding] = standing(history().play(4000, calling(peers(full))));
  t.is(finding?.cause, "peer-overflowing");
  t.regex(finding?.summary ?? "", /its accept queue is full \(3 of 3\)/);
  const line = history()
    .play(1000, calling(peers(full)))
    .play(3000, calling(peers(room)));
  t.is(standing(line)[0]?.cause, "peer-overflowing");
  t.regex(standing(line)[0]?.summary ?? "", /its accept queue was full meanwhile/);
});

test("a listener on the same host that has room at each look says nothing of why a SYN goes unanswered", (t) => {
  const [finding] = standing(history().play(4000, calling(peers(room))));
  t.is(finding?.cause, "unknown");
  t.is(figure(finding, "peer"), "its listener is on this host and has room (0 of 3)");
  t.is(said(calling(peers({ ...room, lastHeardMs: 100 }))), "connect-failing/unknown");
  t.is(said(calling(peers({ ...room, opened: 1 }))), "connect-failing/peer-overflowing");
});

test("connections that came about late are the queue's doing only where it was seen full, or took others", (t) => {
  t.is(late(2, peers(full))[0]?.cause, "peer-overflowing");
  t.deepEqual(outline(late(2, peers(room))), ["connect-failing/unknown info"]);
});

test("a path that loses data loses SYNs too: nothing is said of the peer's queue", (t) => {
  t.is(said(calling(peers({ opened: 2, lastHeardMs: 100, retransShare: 0.2 }))), "connect-failing/unknown");
});

/** SYNs of sockets that are given up after 1.8 s each. */
const impatient = (look: NonNullable<Phase["look"]>, seconds: number): readonly Finding[] => {
  const line = history({ cookie: 1n });
  for (let n = 0; n < seconds; n += 1)
    line.play(1000, {
      ...calling(look),
      row: { ...calling().row, cookie: BigInt(n) },
      each: () => ({ tcp: { retransmits: 1 } }),
    });
  return told(line);
};

test("a client with a short timeout of its own is not answered either", (t) => {
  t.is(impatient(peers({}), 4).at(-1)?.cause, "path-blackhole");
});

/** Three SYNs go unanswered, and are answered after `repeats` of them. */
const late = (repeats: number, look: NonNullable<Phase["look"]>): readonly Finding[] => {
  const line = history({ times: 3 });
  line.play(1000, { row: { state: "SYN-SENT", role: "client", remotePort: 5432 }, look, tcp: { unacked: 1 } });
  line.play(1000, { row: { state: "ESTAB" }, tcp: { unacked: 0, totalRetrans: repeats }, look: {} });
  return told(line);
};

test("connections that come about only after repeats are told: their users waited", (t) => {
  const [finding, ...more] = late(2, peers({ opened: 1 }));
  t.deepEqual(more, []);
  t.is(`${finding?.symptom}/${finding?.cause} ${finding?.severity}`, "connect-failing/peer-overflowing warning");
  t.is(
    finding?.summary,
    "3 connections to 10.0.0.9:5432 came about late, after SYNs that went unanswered (the worst: 2.0 s and more, 2 repeats of the SYN).",
  );
  t.deepEqual(late(0, peers({ opened: 1 })), []);
  t.deepEqual(outline(late(1, peers({}))), ["connect-failing/unknown info"]);
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
    look: {
      connectFailures: [{ code, ...peer, count: 7 + n * perLook }],
      ports: [{ ...peer, range: 28_232, inUse: 28_232, timeWait: 28_100 }],
    },
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
    ["EAGAIN", "peer-overflowing"],
  ] as const) {
    const [finding, ...more] = afterFailures(code, 5);
    t.deepEqual(more, []);
    t.is(`${finding?.symptom}/${finding?.cause} ${finding?.severity}`, `connect-failing/${cause} warning`);
    // What had failed before the first look is nobody's news.
    t.is(finding?.subject.count, 15);
  }
});

test("a lack of ports is told with how many there are, and what holds them", (t) => {
  const [finding] = afterFailures("EADDRNOTAVAIL", 5);
  t.is(figure(finding, "local ports"), 28_232);
  t.is(figure(finding, "in use against that place"), 28_232);
  t.is(figure(finding, "of them in TIME-WAIT"), 28_100);
  t.is(figure(afterFailures("ECONNREFUSED", 5)[0], "local ports"), undefined);
});

test("a unix listener is named by its path", (t) => {
  const path = "/run/app.sock";
  const line = history();
  for (const n of [0, 5])
    line.play(1000, { hidden: true, look: { connectFailures: [{ code: "ECONNREFUSED", path, count: n }] } });
  const [finding] = standing(line);
  t.is(finding?.cause, "peer-refusing");
  t.is(finding?.subject.path, path);
});

test("a client that tries again every five seconds is one finding", (t) => {
  const line = history();
  for (let n = 0; n <= 20; n += 1)
    line.play(1000, {
      hidden: true,
      look: { connectFailures: [{ code: "ECONNREFUSED", ...peer, count: Math.ceil(n / 5) }] },
    });
  const begun = told(line).filter(({ state }) => state === "active");
  t.is(new Set(begun.map(({ id }) => id)).size, 1);
  t.is(begun.at(-1)?.severity, "warning");
});

test("two failures are information, and one a second adds up", (t) => {
  const line = history();
  for (const phase of failing("ECONNREFUSED", 1).slice(0, 3)) line.play(1000, phase);
  t.is(standing(line)[0]?.severity, "info");
  t.is(afterFailures("ECONNREFUSED", 1)[0]?.severity, "warning");
});
