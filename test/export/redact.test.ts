import test from "ava";
import type { Finding } from "../../src/explain/finding.js";
import { createRedactor } from "../../src/export/redact.js";

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

test("off changes nothing", (t) => {
  t.is(createRedactor("off").finding(example), example);
  t.is(createRedactor("off").address("192.0.2.7"), "192.0.2.7");
});
