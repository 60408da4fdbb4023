// What is read beside listeners and loops: the namespace's counters and settings, the process's quota and
// descriptors, the host's steal. Every file stays open; each has its own rhythm, because each has its own price.
import { openCounters } from "../kernel/counters.js";
import { openCpuQuota } from "../kernel/cpu-quota.js";
import { openFds } from "../kernel/fds.js";
import { openParsed } from "../kernel/proc-reader.js";
import { openHostCpu } from "../kernel/proc-stat.js";
import type { ReadAhead } from "../kernel/read-ahead.js";
import { readSysctls } from "../kernel/sysctl.js";
import { parseSchedstat } from "../kernel/task.js";
import type { Counters, HostReading, ProcessReading, Sysctls, TaskReading } from "../snapshot/snapshot.js";

export interface Surroundings {
  readonly process: ProcessReading;
  readonly host?: HostReading | undefined;
  readonly counters?: Counters | undefined;
  readonly sysctl?: Sysctls | undefined;
}

export interface SurroundingsReader {
  /**
   * `close`: all but the settings; otherwise only what costs next to nothing. `counted`: what this look shows is judged with
   * the counters beside it, so they must be of the same look. `observerLateMs` is passed on.
   */
  read(at: number, close: boolean, counted: boolean, observerLateMs: number | undefined): Surroundings;
  /** What tells whether the process stood still: next to nothing. */
  process(observerLateMs: number | undefined): ProcessReading;
  close(): void;
}

/** Counters and the host's figures cost 0.1 to 0.2 ms together: at the fast pace not every time. */
const dearMs = 100;
/** Settings change when a person changes them. */
const settingsMs = 10_000;

/** `tid`: the observer's own thread, whose wait for a CPU is no stop of the process. `ahead`: what a look reads together. */
export const openSurroundings = (tid: number | undefined, ahead?: ReadAhead): SurroundingsReader => {
  // By the thread's own name: where /proc is that of another PID namespace, its number is not this one.
  const schedstat = tid === undefined ? undefined : openParsed("/proc/thread-self/schedstat", parseSchedstat, ahead);
  const quota = openCpuQuota(process.pid, { ahead });
  const fds = openFds(process.pid, { ahead });
  const host = openHostCpu({ ahead });
  const counters = openCounters({ ahead });
  let dearAt = Number.NEGATIVE_INFINITY;
  let settingsAt = Number.NEGATIVE_INFINITY;
  let sysctl: Sysctls | undefined;

  const observer = (): TaskReading | undefined => schedstat && { state: "R", ...schedstat.read() };

  const processNow = (observerLateMs: number | undefined): ProcessReading => {
    const self = observer();
    return {
      pid: process.pid,
      cpuQuota: quota.read(),
      // Of who cannot tell how long it waited for a CPU, lateness is no sign of a stop.
      observerLateMs: self?.runqueueMs === undefined ? undefined : observerLateMs,
      observer: self,
    };
  };

  return {
    process: processNow,
    read(at, close, counted, observerLateMs) {
      const quiet = processNow(observerLateMs);
      if (at - settingsAt >= settingsMs) {
        sysctl = readSysctls();
        settingsAt = at;
      }
      const dear = close && at - dearAt >= dearMs;
      if (dear) dearAt = at;
      return {
        process: dear ? { ...quiet, fds: fds.read() } : quiet,
        host: dear ? host.read() : undefined,
        counters: dear || counted ? counters.read() : undefined,
        sysctl,
      };
    },
    close: () => {
      for (const reader of [schedstat, quota, fds, host, counters]) reader?.close();
    },
  };
};
