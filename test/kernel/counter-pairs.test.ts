import test from "ava";
import fc from "fast-check";
import { createLineParser } from "../../src/kernel/counters.js";
import { parseNetstat } from "../../src/kernel/netstat.js";
import { parseSnmp } from "../../src/kernel/snmp.js";
import { counterNames } from "../../src/snapshot/snapshot.js";
import { fixture } from "./fixture.js";

const kernels = ["4.4", "4.19", "5.10", "6.1", "6.18"];

test("netstat keeps names that only one kernel has and lacks those that it does not have", (t) => {
  const seen = kernels.map((kernel) => {
    const { TcpExt, MPTcpExt } = parseNetstat(fixture(`${kernel}/net/netstat`));
    return [
      kernel,
      Object.keys(TcpExt!).length,
      "TCPFACKReorder" in TcpExt!,
      "TCPRcvQDrop" in TcpExt!,
      MPTcpExt !== undefined,
    ];
  });
  t.deepEqual(seen, [
    ["4.4", 117, true, false, false],
    ["4.19", 117, false, true, false],
    ["5.10", 123, false, true, true],
    ["6.1", 125, false, true, true],
    ["6.18", 135, false, true, true],
  ]);
});

test("octets are bigint beyond 2^53, everything else is a number", (t) => {
  const { IpExt, TcpExt } = parseNetstat(fixture("5.10/net/netstat"));
  t.is(IpExt!.InOctets, 9223372036854775003n);
  t.is(IpExt!.OutOctets, 18446744073709551003n);
  t.is(TcpExt!.ListenOverflows, 14133);
});

test("snmp reads the negative MaxConn and the counters beside it", (t) => {
  const { Tcp, Udp } = parseSnmp(fixture("4.4/net/snmp"));
  t.is(Tcp!.MaxConn, -1);
  t.is(Tcp!.PassiveOpens, 8110);
  t.is(Udp!.MemErrors, undefined);
});

test("a damaged netstat gives the pairs that are whole", (t) => {
  t.deepEqual(parseNetstat(fixture("broken/net/netstat")), {
    TcpExt: { SyncookiesSent: 1, ListenDrops: 3 },
  });
});

test("a damaged snmp gives the columns that have a name", (t) => {
  t.deepEqual(parseSnmp(fixture("broken/net/snmp")), { Tcp: { RtoMin: 200, MaxConn: -1, PassiveOpens: 8 } });
});

test("a counter named __proto__ is a counter", (t) => {
  const table = parseNetstat("__proto__: __proto__\n__proto__: 7\n");
  t.deepEqual(
    Object.entries(table).map(([name, counters]) => [name, Object.entries(counters)]),
    [["__proto__", [["__proto__", 7]]]],
  );
});

test("the counters by position agree with the whole parse on every kernel, also when the header changes between reads", (t) => {
  const fast = { TcpExt: createLineParser("TcpExt:"), Tcp: createLineParser("Tcp:") };
  for (const kernel of [...kernels, "4.4", "6.18", "broken"]) {
    const netstat = fixture(`${kernel}/net/netstat`);
    const snmp = fixture(`${kernel}/net/snmp`);
    const found: Record<string, number> = {};
    for (const _ of ["first read", "header known"]) {
      fast.TcpExt(netstat, found);
      fast.Tcp(snmp, found);
    }
    const whole: Record<string, unknown> = { ...parseNetstat(netstat).TcpExt, ...parseSnmp(snmp).Tcp };
    const wanted = counterNames.flatMap((name) => (whole[name] === undefined ? [] : [[name, whole[name]]]));
    t.deepEqual(found, Object.fromEntries(wanted), kernel);
  }
});

test("the pair parsers are total", (t) => {
  const word = fc.constantFrom(
    "TcpExt:",
    "Tcp:",
    "ListenDrops",
    "InOctets",
    "PassiveOpens",
    "1",
    "-7",
    "",
    "x",
    "99999999999999999999",
  );
  const text = fc
    .array(fc.oneof(word, fc.string()), { maxLength: 40 })
    .chain((words) =>
      fc
        .array(fc.constantFrom(" ", "\n", "\0"), { minLength: words.length, maxLength: words.length })
        .map((gaps) => words.map((one, at) => one + gaps[at]).join("")),
    );
  fc.assert(
    fc.property(text, (input) => {
      const fast: Record<string, number> = {};
      createLineParser("TcpExt:")(input, fast);
      for (const counters of Object.values(parseNetstat(input)))
        for (const [name, value] of Object.entries(counters))
          if (typeof value !== (name.endsWith("Octets") ? "bigint" : "number")) return false;
      return Object.values(fast).every((value) => Number.isFinite(value));
    }),
  );
  t.pass();
});
