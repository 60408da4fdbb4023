// What of /proc, /sys and the cgroup can be read here, for support(): one probe per source, with the reason of a refusal.
import { readdirSync, readFileSync } from "node:fs";
import { errorMessage } from "../errors.js";
import { readCgroupMemory } from "./cgroup-memory.js";
import { readCpuQuota } from "./cpu-quota.js";
import { readFds } from "./fds.js";
import { readFrozen } from "./frozen.js";
import { type From, procPath, processPath, sysPath } from "./proc-root.js";

/** Whether a source can be read here, and if not, why. */
export interface Availability {
  readonly available: boolean;
  readonly reason?: string | undefined;
  /** What is worth knowing beside it: `280 bytes`. */
  readonly detail?: string | undefined;
}

type Probe = (from: From) => string | undefined;

const file =
  (path: (from: From) => string): Probe =>
  (from) => {
    try {
      return readFileSync(path(from), "latin1") === "" ? "the file is empty" : undefined;
    } catch (error) {
      return errorMessage(error);
    }
  };

/** Not what is in it: each interface has some thirty files. */
const nics: Probe = (from) => {
  try {
    readdirSync(sysPath(from, "class/net"));
    return undefined;
  } catch {
    return "/sys/class/net cannot be read";
  }
};

const reading =
  (read: (from: From) => unknown, reason: string): Probe =>
  (from) =>
    read(from) === undefined ? reason : undefined;

const probes: Readonly<Record<string, Probe>> = {
  netstat: file((from) => processPath(from, "net/netstat")),
  snmp: file((from) => processPath(from, "net/snmp")),
  sockstat: file((from) => processPath(from, "net/sockstat")),
  "softnet-stat": file((from) => processPath(from, "net/softnet_stat")),
  softirqs: file((from) => procPath(from, "softirqs")),
  interrupts: file((from) => procPath(from, "interrupts")),
  tcp_mem: file((from) => procPath(from, "sys/net/ipv4/tcp_mem")),
  sysctl: file((from) => procPath(from, "sys/net/core/somaxconn")),
  task: file((from) => processPath(from, `task/${from.pid ?? process.pid}/stat`)),
  schedstat: file((from) => processPath(from, `task/${from.pid ?? process.pid}/schedstat`)),
  "proc-stat": file((from) => procPath(from, "stat")),
  nics,
  fds: reading((from) => readFds(from.pid ?? process.pid, from), "/proc/PID/fd or limits cannot be read"),
  "cpu-quota": reading(
    (from) => readCpuQuota(from.pid ?? process.pid, from),
    "no cgroup with the cpu controller is mounted here (cpu.stat)",
  ),
  "cgroup-memory": reading(readCgroupMemory, "no cgroup with the memory controller is mounted here"),
  frozen: reading(
    (from) => readFrozen(from.pid ?? process.pid, from),
    "no cgroup with cgroup.events or freezer.state is mounted here",
  ),
};

/** Source → can it be read, by file names as in this folder. Takes a few reads; not for periodic use. */
export function procSupport(from: From = {}): Readonly<Record<string, Availability>> {
  return Object.fromEntries(
    Object.entries(probes).map(([source, probe]) => {
      const reason = probe(from);
      return [source, reason === undefined ? { available: true } : { available: false, reason }];
    }),
  );
}
