import test from "ava";
import fc from "fast-check";
import {
  parseChannels,
  parseCoalescing,
  parseDriverInfo,
  parseDriverStatistics,
  parseRing,
} from "../../src/kernel/ethtool.js";
import { askEthtool } from "../../src/kernel/ethtool.js";
import { dumpLinks, parseLink } from "../../src/kernel/links.js";
import { netdevOver, parseNapi, parseNicQueue, parseQueueStatistics } from "../../src/kernel/netdev-genl.js";
import { encodeAttribute } from "../../src/kernel/netlink-values.js";
import { dumpQdiscs, parseQdisc } from "../../src/kernel/qdiscs.js";
import { int32, joined, message, recorded, replay, viewOf } from "./recorded.js";

const of = (name: string): Uint8Array => recorded(name, "netlink");
const family = 27;
const resolved = message(16, 0, joined(Uint8Array.of(1, 2, 0, 0), encodeAttribute(1, Uint8Array.of(family, 0))));
const netdev = (...answers: (Uint8Array | number)[][]) =>
  netdevOver({ ...replay([resolved], ...answers), close: () => {} });

test("interfaces of a namespace with a veth pair, as recorded", (t) => {
  const { rows, partial } = dumpLinks(replay([of("links-veth")]));
  t.false(partial);
  t.deepEqual(
    rows.map(({ name, kind, loopback }) => [name, kind, loopback]),
    [
      ["lo", undefined, true],
      ["vb", "veth", false],
      ["va", "veth", false],
    ],
  );
  const { statistics, ...vb } = rows[1]!;
  t.deepEqual(vb, {
    interfaceIndex: 2,
    name: "vb",
    loopback: false,
    kind: "veth",
    mtuBytes: 1500,
    operstate: "up",
    txQueueLength: 1000,
    rxQueues: 2,
    txQueues: 2,
    parent: undefined,
  });
  t.is(Object.keys(statistics).length, 25);
  t.like(statistics, { rx_packets: 10, rx_bytes: 7560n, rx_missed_errors: 0, rx_dropped: 0 });
});

test("qdiscs with their place, what waits in them and what they threw away, as recorded", (t) => {
  const { rows, partial } = dumpQdiscs(replay([of("qdiscs-veth")]));
  t.false(partial);
  t.deepEqual(
    rows.map(({ interfaceIndex, kind, handle, parent }) => [interfaceIndex, kind, handle, parent]),
    [
      [2, "noqueue", "0:", "root"],
      [3, "tbf", "1:", "root"],
      [3, "pfifo", "10:", "1:1"],
    ],
  );
  t.deepEqual(rows[2], {
    interfaceIndex: 3,
    kind: "pfifo",
    handle: "10:",
    parent: "1:1",
    queuedPackets: 0,
    queuedBytes: 0,
    sentBytes: 7380n,
    sentPackets: 8,
    drops: 33,
    requeues: 0,
    overlimits: 0,
    limitPackets: 5,
  });
  t.like(rows[1], { limitBytes: 20_000, bytesPerSecond: 125_000 });
});

test("a NAPI instance of a veth, as recorded", (t) => {
  t.deepEqual(netdev([of("napis-veth")]).napis(), {
    rows: [
      {
        interfaceIndex: 2,
        id: 260,
        irq: undefined,
        threadPid: undefined,
        deferHardIrqs: 0,
        groFlushTimeoutNanos: 0,
        irqSuspendTimeoutNanos: 0,
        threaded: 0,
      },
    ],
    partial: false,
    reason: undefined,
  });
});

test("queues and statistics of virtio, as recorded: what it does not count is absent", (t) => {
  const asked = netdev([of("queues-virtio")], [of("qstats-virtio")]);
  t.deepEqual(asked.queues().rows.slice(2), [
    { interfaceIndex: 4, type: "rx", id: 0, napiId: 257 },
    { interfaceIndex: 4, type: "tx", id: 0, napiId: undefined },
  ]);
  const [row] = asked.queueStatistics().rows;
  t.like(row, {
    interfaceIndex: 4,
    type: undefined,
    txStop: 0,
    txWake: 0,
    rxHwDrops: undefined,
    rxAllocFail: undefined,
  });
  t.is(typeof row!.rxBytes, "bigint");
});

test("a kernel without the family or the question has no rows and says why", (t) => {
  const refused = (errno: number): Uint8Array => message(2, 0, joined(int32(-errno), new Uint8Array(16)));
  const none = netdevOver({ ...replay([refused(2)]), close: () => {} });
  t.deepEqual(none.napis(), { rows: [], partial: true, reason: "netdev: ENOENT" });
  t.deepEqual(none.queues(), { rows: [], partial: true, reason: "netdev: ENOENT" });
  t.deepEqual(netdev([refused(95)]).queueStatistics(), { rows: [], partial: true, reason: "netdev: ENOTSUP" });
});

test("a driver's answers, as recorded of virtio", (t) => {
  t.deepEqual(parseDriverInfo(viewOf(of("drvinfo-virtio"))), {
    driver: "virtio_net",
    version: "1.0.0",
    firmware: "",
    busInfo: "0000:00:03.0",
    statisticsCount: 20,
  });
  t.deepEqual(parseRing(viewOf(of("ringparam-virtio"))), { rx: 256, rxMax: 256, tx: 256, txMax: 256 });
  t.deepEqual(parseChannels(viewOf(of("channels-virtio"))), {
    rx: 0,
    rxMax: 0,
    tx: 0,
    txMax: 0,
    combined: 1,
    combinedMax: 1,
  });
  t.like(parseCoalescing(viewOf(of("coalesce-virtio"))), { rxMicros: 0, rxFrames: 1, adaptiveRx: false });
});

test("a driver's statistics join names and values as far as both go", (t) => {
  const names = new Uint8Array(12 + 3 * 32);
  for (const [i, name] of ["rx_drops", "rx_bytes", "late"].entries())
    names.set(new TextEncoder().encode(name), 12 + i * 32);
  const values = new Uint8Array(8 + 2 * 8);
  viewOf(values).setBigUint64(8, 7n, true);
  viewOf(values).setBigUint64(16, 2n ** 60n, true);
  t.deepEqual(parseDriverStatistics(viewOf(names), viewOf(values)), { rx_drops: 7, rx_bytes: 2n ** 60n });
});

test("an interface without a driver is answered with the reason of each refusal", (t) => {
  const { missing, ...answers } = askEthtool({ ethtool: () => -95 }, "lo");
  t.true(Object.values(answers).every((answer) => answer === undefined));
  t.deepEqual(missing[1], { source: "ethtool GRINGPARAM lo", reason: "ENOTSUP" });
  t.is(missing.length, 5);
  t.is(askEthtool({ ethtool: () => 0 }, "a-name-that-is-too-long").missing[0]!.reason, "ENODEV");
});

test("a driver with absurdly many statistics is not asked for them", (t) => {
  const asked: number[] = [];
  const ethtool = (_: Uint8Array, command: Uint8Array): number => {
    asked.push(command[0]!);
    if (command[0] === 3) viewOf(command).setUint32(180, 0x7fffffff, true);
    return command.length;
  };
  t.like(askEthtool({ ethtool }, "eth0").missing.at(-1), { source: "ethtool GSTATS eth0" });
  t.false(asked.includes(0x1b));
});

test("the parsers of links, qdiscs, NAPI instances, queues and statistics are total", (t) => {
  const attributes = fc.array(
    fc
      .tuple(fc.integer({ min: 0, max: 60 }), fc.uint8Array({ maxLength: 40 }))
      .map(([type, payload]) => encodeAttribute(type, payload)),
    { maxLength: 8 },
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 24 }), attributes, fc.nat({ max: 12 }), (head, parts, cut) => {
      const bytes = joined(head, ...parts);
      const end = Math.max(0, bytes.length - cut);
      for (const parse of [parseLink, parseQdisc, parseNapi, parseNicQueue, parseQueueStatistics])
        parse(viewOf(bytes), 0, end);
      parseDriverStatistics(viewOf(bytes), viewOf(bytes));
      for (const parse of [parseDriverInfo, parseRing, parseChannels, parseCoalescing]) parse(viewOf(bytes));
    }),
  );
  t.pass();
});
