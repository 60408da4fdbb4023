import test from "ava";
import type { Finding } from "../../src/explain/finding.js";
import { createRedactor } from "../../src/export/redact.js";
import { redactConnections } from "../../src/export/redact-connections.js";
import type { ConnectionsReading } from "../../src/snapshot/connection.js";

const { address, finding } = createRedactor("ip", "a fleet's key");

const example: Finding = {
  id: "f1",
  symptom: "accept-wait",
  cause: "unknown",
  severity: "warning",
  confidence: 0.5,
  state: "active",
  subject: {
    kind: "connections",
    address: "10.0.0.5",
    port: 3000,
    peer: "192.0.2.7:4242",
    examples: ["[2001:db8::1]:9", "10.0.0.5:77"],
  },
  summary: "192.0.2.7 waited at 10.0.0.5:3000 from 12:30:01, version 1.2.3",
  evidence: [{ name: "peer", value: "192.0.2.7", source: "sock_diag" }],
  ruledOut: [{ cause: "cpu-starved", because: "192.0.2.7 alone" }],
  stack: ["f (/app/192.0.2.7/x.js:1:1)"],
  remedy: ["listen on 0.0.0.0"],
  firstSeen: 1,
  lastSeen: 2,
};

test("a remote address becomes the same pseudonym everywhere, and its port stays", (t) => {
  const name = address("192.0.2.7");
  t.regex(name, /^ip-[0-9a-f]{12}$/);
  t.is(address("192.0.2.7:4242"), `${name}:4242`);
  t.is(address("::ffff:192.0.2.7"), name);
  t.is(address("[::FFFF:192.0.2.7]:80"), `${name}:80`);
  t.not(address("192.0.2.8"), name);
  t.is(address("2001:db8:0::1"), address("2001:DB8::1"));
  t.is(address("[2001:db8::1]:9"), `${address("2001:db8::1")}:9`);
});

test("a key gives the same pseudonyms in every process, no key others in each", (t) => {
  t.is(createRedactor("ip", "a fleet's key").address("192.0.2.7"), address("192.0.2.7"));
  t.not(createRedactor("ip").address("192.0.2.7"), createRedactor("ip").address("192.0.2.7"));
});

test("a finding leaves without remote addresses, the listener's own stays", (t) => {
  const name = address("192.0.2.7");
  t.deepEqual(finding(example), {
    ...example,
    subject: {
      ...example.subject,
      peer: `${name}:4242`,
      examples: [`${address("2001:db8::1")}:9`, `${address("10.0.0.5")}:77`],
    },
    summary: `${name} waited at 10.0.0.5:3000 from 12:30:01, version 1.2.3`,
    evidence: [{ name: "peer", value: name, source: "sock_diag" }],
    ruledOut: [{ cause: "cpu-starved", because: `${name} alone` }],
  });
});

test("of a connection's example the own address stays, the peer's does not", (t) => {
  const connection: Finding = {
    ...example,
    subject: { ...example.subject, examples: ["10.0.0.5:3000 - 192.0.2.7:4242 (fd 21): 375 KB wait - for 2 s"] },
    evidence: [{ name: "to", value: "192.0.2.7:4242", source: "connect(2)" }],
  };
  const name = address("192.0.2.7");
  const redacted = finding(connection);
  t.deepEqual(redacted.subject.examples, [`10.0.0.5:3000 - ${name}:4242 (fd 21): 375 KB wait - for 2 s`]);
  t.deepEqual(redacted.evidence, [{ name: "to", value: `${name}:4242`, source: "connect(2)" }]);
});

test("a snapshot's connections leave without remote addresses, wherever they stand", (t) => {
  const row = { cookie: 1n, transport: "tcp", localAddress: "10.0.0.5", remoteAddress: "192.0.2.7" } as const;
  const there = { address: "192.0.2.7", port: 80 };
  const given: ConnectionsReading = {
    rows: [row, { cookie: 2n, transport: "unix", path: "/run/app.sock" }],
    counts: { ESTAB: 1 },
    read: 1,
    total: 1,
    peers: [{ ...there, opened: 1 }],
    closed: { rows: [row], count: 1, lost: 0 },
    connectFailures: [{ ...there, code: "ECONNREFUSED", count: 1 }],
    connectTimes: [{ ...there, count: 1, sumMs: 1, slowestMs: 1, buckets: [] }],
    ports: [{ ...there, range: 10, inUse: 1, timeWait: 1 }],
  };
  const text = JSON.stringify(redactConnections(given, address), (_, value: unknown) =>
    typeof value === "bigint" ? String(value) : value,
  );
  t.false(text.includes("192.0.2.7"));
  t.is(text.split(address("192.0.2.7")).length, 7);
  t.is(text.split("10.0.0.5").length, 3);
});

test("in a sentence only the listener's own address and those of every host stay", (t) => {
  const said = (summary: string): string => finding({ ...example, summary }).summary;
  t.is(
    said("listen on 127.0.0.1, ::1, 0.0.0.0 or [::]:80, not 10.0.0.5"),
    "listen on 127.0.0.1, ::1, 0.0.0.0 or [::]:80, not 10.0.0.5",
  );
  t.is(said("127.1.2.3 refused"), `${address("127.1.2.3")} refused`);
  t.is(said("2001:db8::1: refused at 12:30:01: twice"), `${address("2001:db8::1")}: refused at 12:30:01: twice`);
});

test("more addresses than are kept have the same pseudonyms", (t) => {
  const all = Array.from({ length: 5000 }, (_, n) => `198.18.${n >> 8}.${n & 255}`);
  t.deepEqual(all.map(address), all.map(address));
  t.is(new Set(all.map(address)).size, all.length);
});

test("off changes nothing", (t) => {
  t.is(createRedactor("off").finding(example), example);
  t.is(createRedactor("off").address("192.0.2.7"), "192.0.2.7");
});
