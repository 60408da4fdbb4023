import test from "ava";
import fc from "fast-check";
import { findCgroup, parseCgroup, parseCgroupMounts } from "../../src/kernel/cgroup.js";
import { openCpuQuota, parseCpuMax, parseCpuStat, readCpuLimit, readCpuQuota } from "../../src/kernel/cpu-quota.js";
import { parseCgroupEvents, parseFreezerState, readFrozen } from "../../src/kernel/frozen.js";
import { writeFileSync } from "node:fs";
import { procTree } from "./proc-tree.js";

const v2Mount = "31 23 0:28 / ROOT/cg rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate\n";
const v1Mount = (root: string, controllers: string): string =>
  `32 31 0:29 ${root} ROOT/cg/${controllers} rw - cgroup cgroup rw,${controllers}\n`;
const pid = 77;
const at = (root: string): { proc: string; pid: number } => ({ proc: `${root}/proc`, pid });

test("a v2 cgroup is found below the mount, with its parents", (t) => {
  const root = procTree(t, {
    "proc/77/cgroup": "0::/system.slice/app.service\n",
    "proc/self/mountinfo": v2Mount,
    "cg/system.slice/app.service/cpu.stat": "",
  });
  t.deepEqual(findCgroup(at(root), "cpu"), {
    version: 2,
    folders: [`${root}/cg/system.slice/app.service`, `${root}/cg/system.slice`, `${root}/cg`],
  });
});

test("in a container with its own cgroup namespace the path is / and the folder is the mount", (t) => {
  const root = procTree(t, {
    "proc/77/cgroup": "0::/\n",
    "proc/self/mountinfo": v2Mount,
    "cg/cpu.stat": "usage_usec 5\nnr_periods 50\nnr_throttled 20\nthrottled_usec 1600123\nnr_bursts 0\n",
    "cg/cpu.max": "20000 100000\n",
  });
  t.deepEqual(readCpuQuota(pid, at(root)), { periods: 50, throttledPeriods: 20, throttledMs: 1600.123 });
  t.deepEqual(readCpuLimit(pid, at(root)), { quotaMs: 20, periodMs: 100 });
});

test("in a container without one the mount's root is taken off the path", (t) => {
  const root = procTree(t, {
    "proc/77/cgroup": "3:cpu,cpuacct:/docker/abc/inner\n0::/docker/abc\n",
    "proc/self/mountinfo": `${v2Mount}${v1Mount("/docker/abc", "cpu,cpuacct")}`,
    "cg/cpu,cpuacct/inner/cpu.stat": "nr_periods 22\nnr_throttled 22\nthrottled_time 1601000000\n",
    "cg/cpu,cpuacct/inner/cpu.cfs_quota_us": "-1\n",
    "cg/cpu,cpuacct/inner/cpu.cfs_period_us": "100000\n",
    "cg/cpu,cpuacct/cpu.stat": "nr_periods 0\nnr_throttled 0\nthrottled_time 0\n",
    "cg/cpu,cpuacct/cpu.cfs_quota_us": "250000\n",
    "cg/cpu,cpuacct/cpu.cfs_period_us": "100000\n",
  });
  t.deepEqual(readCpuQuota(pid, at(root)), { periods: 22, throttledPeriods: 22, throttledMs: 1601 });
  t.deepEqual(readCpuLimit(pid, at(root)), { quotaMs: 250, periodMs: 100 });
});

test("a process outside of the reader's cgroup namespace has no folder rather than a wrong one", (t) => {
  const root = procTree(t, {
    "proc/77/cgroup": "0::/../other\n",
    "proc/self/mountinfo": v2Mount,
    "cg/cpu.stat": "nr_periods 1\nnr_throttled 1\nthrottled_usec 1\n",
  });
  t.is(findCgroup(at(root), "cpu"), undefined);
  t.is(readCpuQuota(pid, at(root)), undefined);
});

test("a cgroup without the cpu controller has no quota reading", (t) => {
  const root = procTree(t, {
    "proc/77/cgroup": "0::/\n",
    "proc/self/mountinfo": v2Mount,
    "cg/cpu.stat": "usage_usec 143204548\nuser_usec 84319264\nsystem_usec 58885283\n",
  });
  t.is(readCpuQuota(pid, at(root)), undefined);
  t.is(readCpuLimit(pid, at(root)), undefined);
});

const stat = (periods: number): string => `nr_periods ${periods}\nnr_throttled 0\nthrottled_usec 0\n`;

test("the kept reading follows the process into another cgroup", (t) => {
  const root = procTree(t, {
    "proc/77/cgroup": "0::/one\n",
    "proc/self/mountinfo": v2Mount,
    "cg/one/cpu.stat": stat(1),
    "cg/two/cpu.stat": stat(2),
  });
  const quota = openCpuQuota(pid, at(root));
  t.teardown(quota.close);
  t.is(quota.read()?.periods, 1);
  writeFileSync(`${root}/proc/77/cgroup`, "0::/two\n");
  t.is(quota.read()?.periods, 2);
});

test("frozen is read from v2 events, from the v1 freezer, and from both on a hybrid system", (t) => {
  const v1 = "5:freezer:/job\n0::/job\n";
  const mounts = `${v1Mount("/", "freezer")}${v2Mount}`;
  const tree = (freezer: string, events: string): string =>
    procTree(t, {
      "proc/77/cgroup": v1,
      "proc/self/mountinfo": mounts,
      "cg/freezer/job/freezer.state": freezer,
      "cg/job/cgroup.events": events,
    });
  const read = (freezer: string, events: string): boolean | undefined => readFrozen(pid, at(tree(freezer, events)));
  t.deepEqual(
    [
      read("THAWED\n", "populated 1\nfrozen 0\n"),
      read("FROZEN\n", "populated 1\nfrozen 0\n"),
      read("THAWED\n", "populated 1\nfrozen 1\n"),
      read("", "populated 1\nfrozen 1\n"),
      read("FREEZING\n", ""),
      read("", ""),
    ],
    [false, true, true, true, true, undefined],
  );
});

test("the root cgroup has no freezer and cannot be frozen; without cgroupfs nothing is known", (t) => {
  const mounted = procTree(t, { "proc/77/cgroup": "0::/\n", "proc/self/mountinfo": v2Mount, "cg/cpu.stat": "" });
  t.is(readFrozen(pid, at(mounted)), false);
  const bare = procTree(t, { "proc/77/cgroup": "0::/\n", "proc/self/mountinfo": "" });
  t.is(readFrozen(pid, at(bare)), undefined);
});

test("mount points with spaces are unescaped, other file systems and optional fields skipped", (t) => {
  t.deepEqual(
    parseCgroupMounts(
      "22 27 0:21 / /proc rw - proc proc rw\n" +
        "31 23 0:28 /a\\040b /sys/fs/c\\040g rw shared:1 master:2 - cgroup2 none rw,nsdelegate\n" +
        "32 31 0:29 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu,cpuacct",
    ),
    [
      { version: 2, root: "/a b", mountPoint: "/sys/fs/c g", controllers: ["rw", "nsdelegate"] },
      { version: 1, root: "/", mountPoint: "/sys/fs/cgroup/cpu", controllers: ["rw", "cpu", "cpuacct"] },
    ],
  );
});

test("cpu.stat and cpu.max that are damaged or unlimited give nothing", (t) => {
  t.is(parseCpuStat("nr_periods 5\nnr_throttled x\nthrottled_time 1\n"), undefined);
  t.is(parseCpuStat("nr_periods 5\nnr_throttled 1\n"), undefined);
  t.deepEqual(["max 100000\n", "-1 100000", "0 0", " ", "20000"].map(parseCpuMax), Array(5).fill(undefined));
});

test("the cgroup parsers are total", (t) => {
  const line = fc.oneof(
    fc.constantFrom("0::/", "1:cpu:/x", "31 23 0:28 / /m rw - cgroup2 c rw", "nr_periods 1", "frozen 1", "FROZEN"),
    fc.string(),
  );
  fc.assert(
    fc.property(fc.array(line), (lines) => {
      const text = lines.join("\n");
      for (const parse of [
        parseCgroup,
        parseCgroupMounts,
        parseCpuStat,
        parseCpuMax,
        parseCgroupEvents,
        parseFreezerState,
      ])
        parse(text);
    }),
  );
  t.pass();
});
