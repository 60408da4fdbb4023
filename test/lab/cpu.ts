// Withholding the CPU: a cgroup's quota (cgroup v1 cpu controller or v2 cpu.max), or a competitor on the same core.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { setPriority } from "node:os";
import { join } from "node:path";
import { command, type Defer } from "./command.js";

const v1 = "/sys/fs/cgroup/cpu";
const v2 = "/sys/fs/cgroup";
const periodMicros = 100_000;

/** The folder below which a cgroup with a CPU quota can be made; undefined: not on this machine. */
export const quotaRoot = (): string | undefined => {
  if (existsSync(join(v1, "cpu.cfs_quota_us"))) return v1;
  const control = join(v2, "cgroup.subtree_control");
  return existsSync(control) && readFileSync(control, "utf8").includes("cpu") ? v2 : undefined;
};

const setQuota = (folder: string, share: number | undefined): void => {
  const micros = share === undefined ? undefined : Math.round(share * periodMicros);
  if (folder.startsWith(v1)) writeFileSync(join(folder, "cpu.cfs_quota_us"), String(micros ?? -1));
  else writeFileSync(join(folder, "cpu.max"), `${micros ?? "max"} ${periodMicros}`);
};

/** Puts a process into a cgroup of its own; the function returned sets its share of one CPU, undefined lifts it. */
export const quotaFor = (defer: Defer, pid: number): ((share: number | undefined) => void) => {
  const above = quotaRoot();
  if (above === undefined) throw new Error("no cgroup with a CPU quota on this machine");
  const folder = join(above, `sockscope-${process.pid}-${pid}`);
  const home = join(above, "cgroup.procs");
  mkdirSync(folder);
  defer(() => {
    setQuota(folder, undefined);
    for (const left of readFileSync(join(folder, "cgroup.procs"), "utf8").split("\n").filter(Boolean))
      writeFileSync(home, left);
    rmdirSync(folder);
  });
  writeFileSync(join(folder, "cgroup.procs"), String(pid));
  return (share) => setQuota(folder, share);
};

const everyThread = (pid: number): number[] => readdirSync(`/proc/${pid}/task`).map(Number);

/** Gives all threads of a process a small share of the last core, which a busy competitor has taken; undone by the result. */
export const starve = async (defer: Defer, pid: number): Promise<() => Promise<void>> => {
  const core = String(Number(command("nproc", "--all").trim()) - 1);
  const busy = `const end = Date.now() + 8000; while (Date.now() < end);`;
  const competitor = spawn("taskset", ["-c", core, process.execPath, "-e", busy], { stdio: "ignore" });
  const left = once(competitor, "exit");
  const end = async (): Promise<void> => {
    competitor.kill("SIGKILL");
    await left;
  };
  defer(end);
  await once(competitor, "spawn");
  command("taskset", "-acp", core, String(pid));
  for (const tid of everyThread(pid)) setPriority(tid, 15);
  return async () => {
    await end();
    for (const tid of everyThread(pid)) setPriority(tid, 0);
    command("taskset", "-acp", `0-${core}`, String(pid));
  };
};
