// CPU bandwidth control of a process's cgroup: cpu.stat, cpu.max, cpu.cfs_* (Documentation/admin-guide/cgroup-v2.rst,
// Documentation/scheduler/sched-bwc.rst).
import type { CpuQuotaReading } from "../snapshot/snapshot.js";
import { type CgroupFolders, findCgroup } from "./cgroup.js";
import { openParsed, openReader } from "./proc-reader.js";
import { type From, type KeptReading, once, processPath, readText } from "./proc-root.js";

/**
 * How often and for how long the cgroup was throttled since it exists, summed over it and its parents (a quota may sit
 * on any level) and, in `throttledMs`, over CPUs: a process with several busy threads can gain more than wall time.
 * `undefined` where no level has a CPU controller that can be read.
 */
export function readCpuQuota(pid: number, from: From = {}): CpuQuotaReading | undefined {
  return once(openCpuQuota(pid, from));
}

/** The same over descriptors that stay open; follows the process when it moves to another cgroup. */
export function openCpuQuota(pid: number, from: From = {}): KeptReading<CpuQuotaReading> {
  const cgroup = openReader(processPath({ ...from, pid }, "cgroup"), from.ahead);
  let seen: string | undefined;
  let levels: readonly KeptReading<CpuQuotaReading>[] = [];
  const closeLevels = (): void => {
    for (const level of levels) level.close();
    levels = [];
  };
  return {
    close: () => {
      cgroup.close();
      closeLevels();
    },
    read: () => {
      const now = cgroup.read();
      if (now === undefined) return undefined;
      if (now !== seen) {
        closeLevels();
        seen = now;
        const folders = findCgroup({ ...from, pid }, "cpu")?.folders ?? [];
        levels = folders.map((folder) => openParsed(`${folder}/cpu.stat`, parseCpuStat, from.ahead));
      }
      return sum(levels.map((level) => level.read()));
    },
  };
}

function sum(levels: readonly (CpuQuotaReading | undefined)[]): CpuQuotaReading | undefined {
  const known = levels.filter((level) => level !== undefined);
  if (known.length === 0) return undefined;
  return known.reduce((one, other) => ({
    periods: one.periods + other.periods,
    throttledPeriods: one.throttledPeriods + other.throttledPeriods,
    throttledMs: one.throttledMs + other.throttledMs,
  }));
}

/** v1 counts throttled_time in ns, v2 throttled_usec in µs; without the controller the lines are missing. Total. */
export function parseCpuStat(text: string): CpuQuotaReading | undefined {
  const value = (name: string): number | undefined => {
    const digits = new RegExp(`^${name} (\\d+)$`, "m").exec(text)?.[1];
    return digits === undefined ? undefined : Number(digits);
  };
  const periods = value("nr_periods");
  const throttledPeriods = value("nr_throttled");
  const nanos = value("throttled_time");
  const micros = value("throttled_usec");
  const throttledMs = nanos === undefined ? micros && micros / 1e3 : nanos / 1e6;
  if (periods === undefined || throttledPeriods === undefined || throttledMs === undefined) return undefined;
  return { periods, throttledPeriods, throttledMs };
}

/** The CPU a cgroup may use: `quotaMs` of CPU time in each `periodMs`. */
export interface CpuLimit {
  readonly quotaMs: number;
  readonly periodMs: number;
}

/** The tightest quota of the process's cgroup and its parents; `undefined` where there is none. */
export function readCpuLimit(pid: number, from: From = {}): CpuLimit | undefined {
  const found: CgroupFolders | undefined = findCgroup({ ...from, pid }, "cpu");
  const limits = (found?.folders ?? []).flatMap((folder) => {
    const read = (file: string): string => readText(`${folder}/${file}`)?.trim() ?? "";
    const text = found?.version === 2 ? read("cpu.max") : `${read("cpu.cfs_quota_us")} ${read("cpu.cfs_period_us")}`;
    return parseCpuMax(text) ?? [];
  });
  return limits.toSorted((one, other) => one.quotaMs / one.periodMs - other.quotaMs / other.periodMs)[0];
}

/** `QUOTA PERIOD` in µs, `max` or -1 for no quota. Total. */
export function parseCpuMax(text: string): CpuLimit | undefined {
  const match = /^(\d+) (\d+)\s*$/.exec(text);
  if (!match || Number(match[1]) === 0 || Number(match[2]) === 0) return undefined;
  return { quotaMs: Number(match[1]) / 1e3, periodMs: Number(match[2]) / 1e3 };
}
