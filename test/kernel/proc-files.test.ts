import { appendFileSync, writeFileSync } from "node:fs";
import test from "ava";
import fc from "fast-check";
import { parseStatistic, readNics } from "../../src/kernel/nics.js";
import { openReader } from "../../src/kernel/proc-reader.js";
import { procSupport } from "../../src/kernel/proc-sources.js";
import { parseSockstat, readSockstat } from "../../src/kernel/sockstat.js";
import { parseSysctl, readSysctl, readSysctls } from "../../src/kernel/sysctl.js";
import { fixture } from "./fixture.js";
import { procTree } from "./proc-tree.js";

test("sockstat joins both families under the kernel's names", (t) => {
  const root = procTree(t, {
    "self/net/sockstat": fixture("4.4/net/sockstat"),
    "self/net/sockstat6": fixture("4.4/net/sockstat6"),
  });
  t.deepEqual(readSockstat({ proc: root }), {
    sockets: { used: 291 },
    TCP: { inuse: 12, orphan: 1, tw: 34, alloc: 14, mem: 3 },
    UDP: { inuse: 5, mem: 2 },
    UDPLITE: { inuse: 0 },
    RAW: { inuse: 0 },
    FRAG: { inuse: 0, memory: 0 },
    TCP6: { inuse: 4 },
    UDP6: { inuse: 3 },
    UDPLITE6: { inuse: 0 },
    RAW6: { inuse: 1 },
    FRAG6: { inuse: 0, memory: 0 },
  });
});

test("sockstat without IPv6 is read, without the file it is absent", (t) => {
  const root = procTree(t, { "self/net/sockstat": "TCP: inuse 1\n" });
  t.deepEqual(readSockstat({ proc: root }), { TCP: { inuse: 1 } });
  t.is(readSockstat({ proc: `${root}/none` }), undefined);
});

test("a damaged sockstat gives the pairs that are whole", (t) => {
  t.deepEqual(parseSockstat(fixture("broken/net/sockstat")), {
    sockets: {},
    TCP: { orphan: 1 },
    RAW: { inuse: 2 },
  });
});

test("a figure too long for a double is the one nearest to it", (t) => {
  const digits = "9".repeat(66);
  t.deepEqual(parseSockstat(`FRAG: inuse ${digits} memory -${digits}`), { FRAG: { inuse: 1e66, memory: -1e66 } });
});

test("settings are read by dotted name or path, and what is absent stays absent", (t) => {
  const root = procTree(t, {
    "sys/net/core/somaxconn": "128\n",
    "sys/net/ipv4/tcp_syncookies": "1\n",
    "sys/net/ipv4/tcp_rmem": "4096\t131072\t6291456\n",
    "sys/net/ipv4/tcp_congestion_control": "cubic\n",
  });
  const from = { proc: root };
  t.deepEqual(readSysctls(from), { somaxconn: 128, tcp_syncookies: 1 });
  t.deepEqual(readSysctl("net.ipv4.tcp_rmem", from), [4096, 131072, 6291456]);
  t.deepEqual(readSysctl("net/core/somaxconn", from), [128]);
  t.is(readSysctl("net.ipv4.tcp_congestion_control", from), undefined);
  t.is(readSysctl("net.ipv4.tcp_shrink_window", from), undefined);
  t.is(readSysctl("net/../../self/stat"), undefined);
});

test("settings of another network namespace are unknown, not one's own", (t) => {
  const root = procTree(t, {
    "sys/net/core/somaxconn": "128\n",
    "self/ns/net": "-> net:[4026531833]",
    "5/ns/net": "-> net:[4026531833]",
    "6/ns/net": "-> net:[4026532999]",
  });
  t.deepEqual(
    [5, 6, 7].map((pid) => readSysctls({ proc: root, pid })),
    [{ somaxconn: 128 }, {}, {}],
  );
});

test("interfaces are read with MTU, speed, driver and statistics", (t) => {
  const root = procTree(t, {
    "class/net/bonding_masters": "",
    "class/net/eth0/mtu": "1500\n",
    "class/net/eth0/speed": "10000\n",
    "class/net/eth0/operstate": "up\n",
    "class/net/eth0/device/driver": "-> ../../../bus/pci/drivers/ixgbe",
    "class/net/eth0/statistics/rx_bytes": "18446744073709551615\n",
    "class/net/eth0/statistics/rx_missed_errors": "12\n",
    "class/net/eth0/statistics/odd": "?\n",
    "class/net/veth1/mtu": "1500\n",
    "class/net/veth1/speed": "-1\n",
    "class/net/veth1/operstate": "down\n",
  });
  t.deepEqual(readNics({ sys: root }), [
    {
      name: "eth0",
      mtuBytes: 1500,
      speedMbit: 10000,
      operstate: "up",
      driver: "ixgbe",
      statistics: { rx_bytes: 18446744073709551615n, rx_missed_errors: 12 },
    },
    { name: "veth1", mtuBytes: 1500, speedMbit: undefined, operstate: "down", driver: undefined, statistics: {} },
  ]);
  t.is(readNics({ sys: `${root}/none` }), undefined);
});

test("a kept reader sees new content, growth beyond its buffer, and a shorter file", (t) => {
  const root = procTree(t, { file: "one\n" });
  const reader = openReader(`${root}/file`);
  t.teardown(reader.close);
  t.is(reader.read(), "one\n");
  const long = "0123456789".repeat(3000);
  writeFileSync(`${root}/file`, long);
  t.is(reader.read(), long);
  writeFileSync(`${root}/file`, "two\n");
  appendFileSync(`${root}/file`, "three\n");
  t.is(reader.read(), "two\nthree\n");
});

test("a kept reader of an absent file reads it once it exists, and survives being closed twice", (t) => {
  const root = procTree(t, {});
  const reader = openReader(`${root}/file`);
  t.is(reader.read(), undefined);
  writeFileSync(`${root}/file`, "now");
  t.is(reader.read(), "now");
  reader.close();
  reader.close();
  t.is(openReader(root).read(), undefined);
});

test("support names what cannot be read, with the reason", (t) => {
  const root = procTree(t, { "self/net/netstat": "TcpExt: A\nTcpExt: 1\n" });
  const support = procSupport({ proc: root, sys: root });
  t.deepEqual(support.netstat, { available: true });
  t.false(support.snmp!.available);
  t.regex(support.snmp!.reason!, /ENOENT.*self\/net\/snmp/);
});

test("the file parsers are total", (t) => {
  const text = fc
    .array(fc.oneof(fc.constantFrom("TCP:", "inuse", "7", "\n", " ", "\t"), fc.string()))
    .map((words) => words.join(" "));
  fc.assert(
    fc.property(text, (input) => {
      parseSockstat(input);
      parseSysctl(input);
      parseStatistic("rx_bytes", input);
    }),
  );
  t.pass();
});
