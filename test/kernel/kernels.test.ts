// Answers as kernels from 4.4 to some after 7.0 give them: shorter than known, longer, with attributes nobody knows yet.
// What a kernel does not say is absent; what it says beyond does not disturb.
import test from "ava";
import { parseDiagListener } from "../../src/kernel/diag-listeners.js";
import { parseChannels, parseCoalescing, parseDriverInfo, parseRing } from "../../src/kernel/ethtool.js";
import { InetDiagSocket } from "../../src/kernel/inet-diag.js";
import { parseLink } from "../../src/kernel/links.js";
import { memInfoOf } from "../../src/kernel/mem-info.js";
import { parseNapi, parseQueueStatistics } from "../../src/kernel/netdev-genl.js";
import { encodeAttribute } from "../../src/kernel/netlink-values.js";
import { parseNetstat } from "../../src/kernel/netstat.js";
import { parseHostCpu } from "../../src/kernel/proc-stat.js";
import { parseQdisc } from "../../src/kernel/qdiscs.js";
import { parseSoftnet } from "../../src/kernel/softnet-stat.js";
import { tcpInfoOf } from "../../src/kernel/tcp-info.js";
import { parseUnixListener } from "../../src/kernel/unix-diag.js";
import { tcpInfoFields } from "../../src/snapshot/fields/tcp-info.js";
import { fixture } from "./fixture.js";
import { joined, recorded, viewOf } from "./recorded.js";

const whole = <T>(parse: (view: DataView, start: number, end: number) => T, bytes: Uint8Array): T =>
  parse(viewOf(bytes), 0, bytes.length);
const words = (...values: number[]): Uint8Array => new Uint8Array(Uint32Array.from(values).buffer);
const longs = (...values: bigint[]): Uint8Array => new Uint8Array(BigUint64Array.from(values).buffer);
const unknown = encodeAttribute(200, Uint8Array.of(1, 2, 3, 4, 5));

test("of tcp_info of any length exactly the fields that end within it are told", (t) => {
  const width = { u8: 1, u16: 2, u32: 4, u64: 8, big: 8, u32n: 4, u64n: 8, ssthresh: 4 } as const;
  const widthOf = (kind: string): number => (kind in width ? width[kind as keyof typeof width] : 1);
  // Odd bytes: no field says "none".
  const bytes = Uint8Array.from({ length: 400 }, (_, at) => (at < 8 ? 1 : 1 + 2 * (at % 100)));
  for (let length = 0; length <= bytes.length; length++) {
    const info = tcpInfoOf(viewOf(bytes), 0, length);
    const expected = Object.entries(tcpInfoFields).filter(([, [kind, at]]) => at + widthOf(kind) <= length);
    t.deepEqual(
      Object.keys(info.toJSON()),
      expected.map(([name]) => name),
      `${length} bytes`,
    );
  }
});

test("SO_MEMINFO of eight words has no drops; a longer one is read as far as it is known", (t) => {
  const bytes = words(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
  t.is(memInfoOf(viewOf(bytes), 0, 32).drops, undefined);
  t.is(memInfoOf(viewOf(bytes), 0, 32).sockBacklogBytes, 8);
  t.deepEqual(memInfoOf(viewOf(bytes), 0, 44).toJSON(), memInfoOf(viewOf(bytes), 0, 36).toJSON());
});

const socket = (...attributes: Uint8Array[]): Uint8Array => {
  const head = recorded("listen-ipv4").slice(16, 16 + 72);
  return joined(head, ...attributes);
};
const listener = { uid: 0, family: "ipv4", address: "127.0.0.1", port: 3000, length: 3, limit: 5 } as const;

test("a listener of 4.4, whose memory figures end before the drops, has no drops", (t) => {
  const of44 = socket(encodeAttribute(7, words(0, 131072, 0, 16384, 0, 0, 0, 0)), encodeAttribute(8, Uint8Array.of(0)));
  const { cookie: _, inode: __, ...row } = whole(parseDiagListener, of44)!;
  t.deepEqual(row, { ...listener, v6only: undefined, drops: undefined });
});

test("a listener of a kernel to come keeps its figures beside attributes and words that nobody knows", (t) => {
  const later = socket(unknown, encodeAttribute(7, words(0, 1, 2, 3, 4, 5, 6, 7, 42, 43, 44, 45)), unknown);
  const { cookie: _, inode: __, ...row } = whole(parseDiagListener, later)!;
  t.deepEqual(row, { ...listener, v6only: undefined, drops: 42 });
});

for (const [kernel, bytes] of [
  ["4.4", 144],
  ["4.9", 168],
  ["4.19", 224],
  ["5.10", 232],
  ["6.6", 240],
  ["6.18", 280],
  ["a kernel to come", 344],
] as const)
  test(`a connection of ${kernel} carries ${bytes} bytes of tcp_info in its message`, (t) => {
    const info = new Uint8Array(bytes).fill(1);
    const read = new InetDiagSocket(viewOf(socket(encodeAttribute(2, info))), 0, 72 + 4 + bytes);
    t.is(read.tcpInfo!.byteLength, bytes);
    t.deepEqual(read.tcpInfo!.toJSON(), tcpInfoOf(viewOf(info), 0, bytes).toJSON());
    t.is(read.tcpInfo!.receivedCeBytes === undefined, bytes < 276);
  });

test("a unix listener without its queue is none; with a longer one it is read", (t) => {
  const head = recorded("unix-listen").slice(16, 32);
  t.is(whole(parseUnixListener, head), undefined);
  t.is(whole(parseUnixListener, joined(head, encodeAttribute(4, words(3)))), undefined);
  const { length, limit, path } = whole(parseUnixListener, joined(head, unknown, encodeAttribute(4, words(3, 8, 99))))!;
  t.deepEqual({ length, limit, path }, { length: 3, limit: 8, path: undefined });
});

const link = (statistics: number): Uint8Array =>
  joined(
    new Uint8Array(16),
    encodeAttribute(3, Uint8Array.from(Buffer.from("eth0\0"))),
    unknown,
    encodeAttribute(23, longs(...Array.from({ length: statistics }, (_, at) => BigInt(at)))),
  );

test("an interface of 4.4 has 23 counters, of 4.6 24, of 5.19 25, of a kernel to come those that are known", (t) => {
  const seen = [23, 24, 25, 31].map((count) => {
    const { statistics } = whole(parseLink, link(count))!;
    return [Object.keys(statistics).length, statistics.rx_nohandler, statistics.rx_otherhost_dropped];
  });
  t.deepEqual(seen, [
    [23, undefined, undefined],
    [24, 23, undefined],
    [25, 23, 24],
    [25, 23, 24],
  ]);
});

const qdisc = (kind: string, ...statistics: Uint8Array[]): Uint8Array =>
  joined(
    new Uint8Array(20),
    encodeAttribute(1, Uint8Array.from(Buffer.from(`${kind}\0`))),
    encodeAttribute(7, joined(...statistics)),
  );
const basic = encodeAttribute(1, joined(longs(1000n), words(7)));

test("a qdisc's packets are 32 bits wide before 5.5, and not there where the kernel does not count", (t) => {
  const queue = encodeAttribute(3, words(1, 2, 3, 4, 5));
  const before = whole(parseQdisc, qdisc("pfifo", basic, queue))!;
  t.deepEqual([before.sentBytes, before.sentPackets, before.overlimits], [1000n, 7, 5]);
  const since = whole(parseQdisc, qdisc("pfifo", basic, encodeAttribute(8, longs(2n ** 33n)), unknown))!;
  t.deepEqual([since.sentPackets, since.drops], [2 ** 33, undefined]);
  const short = whole(parseQdisc, qdisc("pfifo", encodeAttribute(1, words(7)), encodeAttribute(3, words(1, 2))))!;
  t.deepEqual(
    [short.sentBytes, short.sentPackets, short.queuedBytes, short.drops],
    [undefined, undefined, 2, undefined],
  );
});

test("a qdisc whose kind is a word of JavaScript's is a qdisc without limits", (t) => {
  for (const kind of ["__proto__", "constructor", "toString", "__defineGetter__"]) {
    const { kind: told, ...row } = whole(parseQdisc, qdisc(kind, basic))!;
    const { kind: _, ...plain } = whole(parseQdisc, qdisc("noqueue", basic))!;
    t.is(told, kind);
    t.deepEqual(row, plain);
  }
});

test("a NAPI instance of 6.8 lacks what 6.13 counts; attributes to come are left out", (t) => {
  const [ifindex, id, irq] = [words(2), words(260), words(38)];
  const of68 = joined(new Uint8Array(4), encodeAttribute(1, ifindex), encodeAttribute(2, id), encodeAttribute(3, irq));
  const expected = {
    interfaceIndex: 2,
    id: 260,
    irq: 38,
    threadPid: undefined,
    deferHardIrqs: undefined,
    groFlushTimeoutNanos: undefined,
    irqSuspendTimeoutNanos: undefined,
    threaded: undefined,
  };
  t.deepEqual(whole(parseNapi, of68), expected);
  t.deepEqual(whole(parseNapi, joined(of68, unknown)), expected);
});

test("statistics of queues are 32 or 64 bits wide, as the kernel chose", (t) => {
  const head = joined(new Uint8Array(4), encodeAttribute(1, words(4)));
  const narrow = whole(parseQueueStatistics, joined(head, encodeAttribute(9, words(5)), encodeAttribute(8, words(6))))!;
  const wide = whole(parseQueueStatistics, joined(head, encodeAttribute(9, longs(5n)), encodeAttribute(8, longs(6n))))!;
  t.deepEqual(narrow, wide);
  t.deepEqual([wide.rxBytes, wide.rxPackets, wide.txBytes], [5n, 6, undefined]);
});

test("structs of ethtool that grow keep their beginning; shorter ones are not there", (t) => {
  for (const [parse, name] of [
    [parseRing, "ringparam"],
    [parseChannels, "channels"],
    [parseCoalescing, "coalesce"],
    [parseDriverInfo, "drvinfo"],
  ] as const) {
    const bytes = recorded(`${name}-virtio`, "netlink");
    t.deepEqual(parse(viewOf(joined(bytes, bytes))), parse(viewOf(bytes)), name);
    t.is(parse(viewOf(bytes.subarray(0, -1))), undefined, name);
  }
});

test("netstat of a kernel to come: more columns, more protocols, and those known unchanged", (t) => {
  const of618 = fixture("6.18/net/netstat");
  const [names, values, ...rest] = of618.split("\n");
  const later = [`${names} TCPNews`, `${values} 77`, "QuicExt: Streams", "QuicExt: 5", ...rest].join("\n");
  const { TcpExt, QuicExt, ...others } = parseNetstat(later);
  const { TcpExt: known, ...same } = parseNetstat(of618);
  t.deepEqual(TcpExt, { ...known, TCPNews: 77 });
  t.deepEqual(QuicExt, { Streams: 5 });
  t.deepEqual(others, same);
});

test("softnet_stat of a kernel to come: the columns behind the fifteenth are left out", (t) => {
  const of618 = fixture("6.18/net/softnet_stat");
  t.deepEqual(
    parseSoftnet(of618.replaceAll(/$/gm, " 0000002a 0000002b").replace(/\n [^\n]*$/, "\n")),
    parseSoftnet(of618),
  );
});

test("steal is told where the kernel has that column, and never made of others", (t) => {
  const line = "cpu  10234 20345 30456 405678 56789 6789 789";
  t.deepEqual(parseHostCpu(`${line} 89 0 0\ncpu0 1\n`), { cpus: 1, stealMs: 890 });
  for (let columns = 1; columns <= 7; columns++)
    t.deepEqual(
      parseHostCpu(
        `${line
          .split(" ")
          .slice(0, 2 + columns)
          .join(" ")}\ncpu0 1\n`,
      ),
      {
        cpus: 1,
        stealMs: undefined,
      },
    );
});
