// Readings of other processes, held against what was done to them: namespaces, cgroups, descriptors.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, readlinkSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { openCpuQuota, readCpuLimit, readCpuQuota } from "../../src/kernel/cpu-quota.js";
import { readFrozen } from "../../src/kernel/frozen.js";
import { readNics } from "../../src/kernel/nics.js";
import { readSysctl, readSysctls } from "../../src/kernel/sysctl.js";
import { readTask } from "../../src/kernel/task.js";
import { eventually } from "../lab/eventually.js";

const strict = process.env.SOCKSCOPE_REQUIRE_ALL === "1";
const when = (reason: string | undefined, title: string, body: (t: ExecutionContext) => Promise<void> | void): void => {
  if (reason === undefined || strict) test.serial(title, body);
  else test.serial.skip(`${title} (needs ${reason})`, body);
};
const root = process.getuid?.() === 0 ? undefined : "root";
const v1 = (controller: string, file: string): string | undefined =>
  root ?? (existsSync(`/sys/fs/cgroup/${controller}/${file}`) ? undefined : `cgroup v1 ${controller}`);

const start = (
  t: ExecutionContext,
  command: string,
  ...args: readonly string[]
): ChildProcess & { readonly pid: number } => {
  const child = spawn(command, args, { stdio: "ignore" });
  t.teardown(() => child.kill("SIGKILL"));
  if (child.pid === undefined) throw new Error(`${command} cannot be started`);
  return Object.assign(child, { pid: child.pid });
};

/** A cgroup of its own for the process, removed with it. */
const cgroupFor = (t: ExecutionContext, above: string, pid: number): string => {
  const folder = join(above, `sockscope-proc-${process.pid}-${pid}`);
  mkdirSync(folder);
  t.teardown(async () => {
    writeFileSync(join(above, "cgroup.procs"), String(pid));
    rmdirSync(folder);
  });
  writeFileSync(join(folder, "cgroup.procs"), String(pid));
  return folder;
};

when(root, "the settings of another network namespace are read there, and the reader stays where it is", async (t) => {
  const before = readSysctls();
  const home = readlinkSync("/proc/thread-self/ns/net");
  const script =
    "echo 77 > /proc/sys/net/core/somaxconn; echo '4096 5000 6000' > /proc/sys/net/ipv4/tcp_rmem; exec sleep 30";
  const { pid } = start(t, "unshare", "-n", "sh", "-c", script);
  await eventually("the settings are made", () => readSysctl("net.ipv4.tcp_rmem", { pid })?.[2] === 6000);
  t.is(readSysctls({ pid }).somaxconn, 77);
  t.deepEqual(readSysctl("net.ipv4.tcp_rmem", { pid }), [4096, 5000, 6000]);
  t.deepEqual(readSysctls(), before);
  t.is(readlinkSync("/proc/thread-self/ns/net"), home);
  t.deepEqual(readSysctls({ pid: 4_194_303 }), {});
});

when(
  v1("cpu", "cpu.cfs_quota_us"),
  "a throttled process is read with its quota and growing throttled time",
  async (t) => {
    const { pid } = start(t, process.execPath, "-e", "const end = Date.now() + 10_000; while (Date.now() < end);");
    const folder = cgroupFor(t, "/sys/fs/cgroup/cpu", pid);
    t.deepEqual(readCpuQuota(pid), { periods: 0, throttledPeriods: 0, throttledMs: 0 });
    t.is(readCpuLimit(pid), undefined);
    writeFileSync(join(folder, "cpu.cfs_quota_us"), "20000");
    t.deepEqual(readCpuLimit(pid), { quotaMs: 20, periodMs: 100 });
    const quota = openCpuQuota(pid);
    t.teardown(() => quota.close());
    await eventually("five periods are throttled", () => (quota.read()?.throttledPeriods ?? 0) >= 5);
    const { throttledMs, throttledPeriods } = quota.read()!;
    const perPeriod = throttledMs / throttledPeriods;
    t.true(perPeriod > 40 && perPeriod < 90, `${perPeriod} ms a period`);
  },
);

when(
  v1("freezer", "cgroup.procs"),
  "a process that the v1 freezer stopped is frozen, and thawed again it is not",
  async (t) => {
    const { pid } = start(t, "sleep", "30");
    const folder = cgroupFor(t, "/sys/fs/cgroup/freezer", pid);
    t.false(readFrozen(pid));
    writeFileSync(join(folder, "freezer.state"), "FROZEN");
    t.true(readFrozen(pid));
    writeFileSync(join(folder, "freezer.state"), "THAWED");
    t.false(readFrozen(pid));
  },
);

const unified = ["/sys/fs/cgroup/unified", "/sys/fs/cgroup"].find((folder) =>
  existsSync(join(folder, "cgroup.controllers")),
);
when(root ?? (unified ? undefined : "cgroup v2"), "a process in a frozen v2 cgroup is frozen", async (t) => {
  const { pid } = start(t, "sleep", "30");
  const folder = cgroupFor(t, unified!, pid);
  t.false(readFrozen(pid));
  writeFileSync(join(folder, "cgroup.freeze"), "1");
  await eventually("it is frozen", () => readFrozen(pid) === true);
  writeFileSync(join(folder, "cgroup.freeze"), "0");
  await eventually("it is thawed", () => readFrozen(pid) === false);
  await eventually("it sleeps", () => readTask(pid, pid)?.state === "S");
  t.pass();
});

test.serial("a stopped process has state T, a continued one sleeps again", async (t) => {
  const { pid } = start(t, "sleep", "30");
  process.kill(pid, "SIGSTOP");
  await eventually("it is stopped", () => readTask(pid, pid)?.state === "T");
  process.kill(pid, "SIGCONT");
  await eventually("it sleeps", () => readTask(pid, pid)?.state === "S");
  t.pass();
});

test.serial("with no descriptor left the kept readings still answer, and the count has reached the limit", (t) => {
  const run = 'ulimit -n 64; exec "$@"';
  const script = join(__dirname, "proc-emfile.js");
  const { stdout, stderr } = spawnSync("sh", ["-c", run, "sh", process.execPath, script], { encoding: "utf8" });
  t.is(stderr, "");
  const { full, read } = JSON.parse(stdout) as { full: string; read: Record<string, Record<string, unknown>> };
  t.regex(full, /EMFILE/);
  t.is(read.fds!.limit, 64);
  // One that was inherited may lie beyond the limit.
  t.true(Number(read.fds!.open) >= 64);
  t.is(read.task!.state, "R");
  for (const name of ["counters", "host"]) t.not(read[name], undefined, name);
});

when(spawnSync("ip", ["-V"]).error ? "iproute2" : undefined, "interfaces agree with ip link", (t) => {
  const links = JSON.parse(spawnSync("ip", ["-j", "link"], { encoding: "utf8" }).stdout) as readonly Record<
    string,
    unknown
  >[];
  const mine = readNics()!.map(({ name, mtuBytes, operstate }) => ({ name, mtuBytes, operstate }));
  t.deepEqual(
    mine.toSorted((a, b) => a.name.localeCompare(b.name)),
    links
      .map(({ ifname, mtu, operstate }) => ({
        name: String(ifname),
        mtuBytes: mtu,
        operstate: String(operstate).toLowerCase(),
      }))
      .toSorted((a, b) => a.name.localeCompare(b.name)) as typeof mine,
  );
  t.is(readFileSync("/sys/class/net/lo/mtu", "latin1"), `${readNics()!.find(({ name }) => name === "lo")!.mtuBytes}\n`);
});
