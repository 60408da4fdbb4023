// Files of /proc, /sys and cgroupfs, as several kernels print them.
import { parseAddress } from "../../../src/kernel/address.js";
import { parseFlatKeyed, parseLimit } from "../../../src/kernel/cgroup-memory.js";
import { parseCgroup, parseCgroupMounts } from "../../../src/kernel/cgroup.js";
import { createCounterParser } from "../../../src/kernel/counter-file.js";
import { parseCounterPairs } from "../../../src/kernel/counter-pairs.js";
import { parseCpuMax, parseCpuStat } from "../../../src/kernel/cpu-quota.js";
import { parseCpuTimes } from "../../../src/kernel/cpu-time.js";
import { parseFdLimit } from "../../../src/kernel/fds.js";
import { parseRlimit } from "../../../src/kernel/rlimits.js";
import { parseCgroupEvents, parseFreezerState } from "../../../src/kernel/frozen.js";
import { parseInterrupts } from "../../../src/kernel/interrupts.js";
import { parseEpollFdinfo } from "../../../src/kernel/loops.js";
import { parseNetstat } from "../../../src/kernel/netstat.js";
import { parseStatistic } from "../../../src/kernel/nics.js";
import { parseHostCpu } from "../../../src/kernel/proc-stat.js";
import { parseSnmp } from "../../../src/kernel/snmp.js";
import { parseSockstat } from "../../../src/kernel/sockstat.js";
import { parseSoftirqs } from "../../../src/kernel/softirqs.js";
import { parseSoftnet } from "../../../src/kernel/softnet-stat.js";
import { parseSysctl } from "../../../src/kernel/sysctl.js";
import { parseSchedstat, parseTaskState, parseWchan } from "../../../src/kernel/task.js";
import { fixture } from "../../kernel/fixture.js";
import type { TextTarget } from "../target.js";

const target = (
  name: string,
  covers: string,
  seeds: readonly string[],
  parse: (text: string) => unknown,
  more: Pick<TextTarget, "made" | "words" | "refuses" | "isProse" | "isTally"> = {},
): TextTarget => ({ kind: "text", name, covers: [covers], seeds, parse, ...more });

const scaled =
  (factor: number): TextTarget["made"] =>
  (numbers) =>
    numbers.map((number) => number * factor);
const divided =
  (...by: number[]): TextTarget["made"] =>
  (numbers) =>
    by.flatMap((divisor) => numbers.map((number) => number / divisor));

const kernels = ["4.4", "4.19", "5.10", "6.1", "6.18", "broken"];
const files = (name: string, of: readonly string[] = kernels): readonly string[] =>
  of.map((kernel) => fixture(`${kernel}/${name}`));
const mountinfo = [
  "24 1 0:22 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate",
  "31 24 0:27 /docker/a\\040b /sys/fs/cgroup/cpu,cpuacct rw,nosuid - cgroup cgroup rw,cpu,cpuacct",
].join("\n");
const keptCounters = (text: string): unknown => {
  const parse = createCounterParser();
  const bytes = Buffer.from(text, "latin1");
  parse(bytes, bytes.length);
  // A second time with the names known.
  const table = Object.entries(parse(bytes, bytes.length));
  return Object.fromEntries(table.map(([protocol, counters]) => [protocol, { ...counters }]));
};

export const procTargets: readonly TextTarget[] = [
  target("netstat", "src/kernel/netstat.ts parseNetstat", files("net/netstat"), parseNetstat),
  target("snmp", "src/kernel/snmp.ts parseSnmp", files("net/snmp"), parseSnmp),
  target("counter-pairs", "src/kernel/counter-pairs.ts parseCounterPairs", files("net/snmp"), parseCounterPairs),
  target(
    "kept-counters",
    "src/kernel/counter-file.ts createCounterParser",
    [...files("net/netstat"), ...files("net/snmp")],
    keptCounters,
  ),
  target(
    "softnet",
    "src/kernel/softnet-stat.ts parseSoftnet",
    files("net/softnet_stat", ["2.6.32", "2.6.39", ...kernels]),
    parseSoftnet,
  ),
  target(
    "sockstat",
    "src/kernel/sockstat.ts parseSockstat",
    [...files("net/sockstat", ["4.4", "6.18"]), ...files("net/sockstat6", ["4.4", "6.18"])],
    parseSockstat,
  ),
  target(
    "interrupts",
    "src/kernel/interrupts.ts parseInterrupts",
    files("interrupts", ["2.6.32", "4.19", "5.10", "6.18"]),
    (text) => parseInterrupts(text),
    { isProse: true },
  ),
  target("softirqs", "src/kernel/softirqs.ts parseSoftirqs", [fixture("6.18/softirqs")], parseSoftirqs),
  target("host-cpu", "src/kernel/proc-stat.ts parseHostCpu", [fixture("6.18/stat")], parseHostCpu, {
    isTally: true,
    // The count of lines, and ticks.
    made: (numbers) => [...Array(100).keys(), ...numbers.map((number) => number * 10)],
  }),
  target("cpu-times", "src/kernel/cpu-time.ts parseCpuTimes", [fixture("6.18/stat")], parseCpuTimes, {
    made: (numbers) =>
      numbers
        .slice(0, 200)
        .flatMap((one) => numbers.slice(0, 200).map((other) => one * 10 + other * 10))
        .concat(scaled(10)!(numbers)),
  }),
  target(
    "fd-limit",
    "src/kernel/fds.ts parseFdLimit",
    ["1024", "unlimited"].map((soft) => `Limit   Soft  Hard\nMax open files            ${soft}   524288   files\n`),
    parseFdLimit,
    { made: () => [Number.POSITIVE_INFINITY] },
  ),
  target(
    "rlimit",
    "src/kernel/rlimits.ts parseRlimit",
    ["1250000000", "unlimited"].map(
      (soft) => `Limit   Soft  Hard\nMax address space         ${soft}  unlimited  bytes\n`,
    ),
    (text) => parseRlimit(text, "Max address space"),
    { made: () => [Number.POSITIVE_INFINITY] },
  ),
  target("nic-statistic", "src/kernel/nics.ts parseStatistic", ["18446744073709551615\n", "0\n"], (text) => [
    parseStatistic("rx_bytes", text),
    parseStatistic("rx_packets", text),
  ]),
  target("sysctl", "src/kernel/sysctl.ts parseSysctl", ["4096\t131072\t6291456\n", "-1\n"], parseSysctl),
  target("task-state", "src/kernel/task.ts parseTaskState", ["4711 (node x) S 1 4711 4711 0 -1\n"], parseTaskState),
  target("schedstat", "src/kernel/task.ts parseSchedstat", ["1502583000 20500000 17\n", "0 0 0\n"], parseSchedstat, {
    made: divided(1e6),
  }),
  target("wchan", "src/kernel/task.ts parseWchan", ["ep_poll", "0"], parseWchan),
  target(
    "cgroup-events",
    "src/kernel/frozen.ts parseCgroupEvents",
    ["populated 1\nfrozen 0\n", "frozen 1\n"],
    parseCgroupEvents,
  ),
  target(
    "freezer-state",
    "src/kernel/frozen.ts parseFreezerState",
    ["THAWED\n", "FROZEN\n", "FREEZING\n"],
    parseFreezerState,
  ),
  target(
    "cpu-stat",
    "src/kernel/cpu-quota.ts parseCpuStat",
    [
      "usage_usec 5\nnr_periods 3\nnr_throttled 2\nthrottled_usec 1500\n",
      "nr_periods 3\nnr_throttled 2\nthrottled_time 7\n",
    ],
    parseCpuStat,
    { made: divided(1e3, 1e6) },
  ),
  target(
    "cpu-max",
    "src/kernel/cpu-quota.ts parseCpuMax",
    ["50000 100000\n", "max 100000\n", "-1 100000"],
    parseCpuMax,
    {
      made: divided(1e3),
    },
  ),
  target("memory-limit", "src/kernel/cgroup-memory.ts parseLimit", ["max\n", "1048576\n"], parseLimit, {
    words: ["none"],
  }),
  target(
    "flat-keyed",
    "src/kernel/cgroup-memory.ts parseFlatKeyed",
    ["anon 1\nsock 18446744073709551615\nlow 0\n"],
    parseFlatKeyed,
  ),
  target(
    "cgroup",
    "src/kernel/cgroup.ts parseCgroup",
    ["0::/user.slice\n", "4:cpu,cpuacct:/docker/ab\n0::/docker/ab\n"],
    parseCgroup,
  ),
  target("cgroup-mounts", "src/kernel/cgroup.ts parseCgroupMounts", [mountinfo], parseCgroupMounts, { isProse: true }),
  target(
    "epoll-fdinfo",
    "src/kernel/loops.ts parseEpollFdinfo",
    ["pos:\t0\nflags:\t02000002\ntfd:       12 events:       19 data: 12 pos:0\ntfd:   7 events: 1\n"],
    parseEpollFdinfo,
  ),
  target(
    "address",
    "src/kernel/address.ts parseAddress",
    ["10.0.0.255", "fe80::1%eth0", "::ffff:10.0.0.1", "1:2:3:4:5:6:7:8", "1::", "::"],
    (text) => parseAddress(text),
    { refuses: TypeError, isProse: true },
  ),
];
