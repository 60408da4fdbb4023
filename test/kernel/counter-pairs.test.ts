import test from "ava";
import fc from "fast-check";
import { createCounterParser } from "../../src/kernel/counter-file.js";
import { parseCounterPairs, type ProtocolTable } from "../../src/kernel/counter-pairs.js";
import { parseNetstat } from "../../src/kernel/netstat.js";
import { parseSnmp } from "../../src/kernel/snmp.js";
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

const plain = (table: ProtocolTable): unknown =>
  Object.fromEntries(
    Object.entries(table).map(([protocol, counters]) => [
      protocol,
      Object.fromEntries(Object.entries(counters).filter(([, value]) => value !== undefined)),
    ]),
  );
const parseWith = (parse: ReturnType<typeof createCounterParser>, text: string): ProtocolTable => {
  const bytes = Buffer.from(text, "latin1");
  return parse(bytes, bytes.length);
};

test("a kept parser agrees with the whole parse on every kernel, also when the names change between readings", (t) => {
  const parse = createCounterParser();
  for (const kernel of [...kernels, "4.4", "6.18", "broken"])
    for (const file of ["netstat", "netstat", "snmp", "snmp"]) {
      const text = fixture(`${kernel}/net/${file}`);
      t.deepEqual(plain(parseWith(parse, text)), plain(parseCounterPairs(text)), `${kernel} ${file}`);
    }
});

test("what a kept parser returned shows the next reading, while the names stay", (t) => {
  const parse = createCounterParser();
  const table = parseWith(parse, "Tcp: A B\nTcp: 1 2\n");
  t.is(parseWith(parse, "Tcp: A B\nTcp: 100 -3\n"), table);
  t.deepEqual(plain(table), { Tcp: { A: 100, B: -3 } });
  t.not(parseWith(parse, "Tcp: A C\nTcp: 1 2\n"), table);
  t.deepEqual(plain(parseWith(parse, "Tcp: A C\nTcp: 1 2\nIp: D\nIp: 3\n")), { Tcp: { A: 1, C: 2 }, Ip: { D: 3 } });
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
      for (const counters of Object.values(parseNetstat(input)))
        for (const [name, value] of Object.entries(counters))
          if (typeof value !== (name.endsWith("Octets") ? "bigint" : "number")) return false;
      return true;
    }),
  );
  t.pass();
});

test("whatever the bytes are, a kept parser sees in them what the whole parse sees", (t) => {
  const name = fc.constantFrom("A", "B", "InOctets", "");
  const value = fc.oneof(
    fc.constantFrom("", "-", "-7", "-0", "1-2", "x", "9".repeat(19), "7".repeat(30)),
    fc.nat().map(String),
  );
  const pair = fc
    .tuple(fc.constantFrom("TcpExt:", "Tcp:", "Ip::"), fc.uniqueArray(name), fc.array(value))
    .map(([protocol, names, values]) => `${[protocol, ...names].join(" ")}\n${[protocol, ...values].join(" ")}\n`);
  const text = fc.array(fc.oneof(pair, fc.constantFrom("x\n", "Tcp: A\n", "\n"))).map((lines) => lines.join(""));
  fc.assert(
    fc.property(fc.array(text, { minLength: 1, maxLength: 3 }), (readings) => {
      const parse = createCounterParser();
      for (const reading of readings) t.deepEqual(plain(parseWith(parse, reading)), plain(parseCounterPairs(reading)));
    }),
  );
});
