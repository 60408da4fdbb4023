// /proc/PID/task/TID/{stat,schedstat,wchan}: one kernel thread (proc(5), Documentation/scheduler/sched-stats.rst).
import type { TaskReading } from "../snapshot/snapshot.js";
import { openParsed } from "./proc-reader.js";
import { type From, type KeptReading, once, processPath } from "./proc-root.js";

/** State, CPU time and run-queue wait of a thread; `undefined` when it does not exist (any more). */
export function readTask(pid: number, tid: number, from: From = {}): TaskReading | undefined {
  return once(openTask(pid, tid, from));
}

/** The same over descriptors that stay open. */
export function openTask(pid: number, tid: number, from: From = {}): KeptReading<TaskReading> {
  const open = <T>(file: string, parse: (text: string) => T | undefined): KeptReading<T> =>
    openParsed(processPath({ ...from, pid }, `task/${tid}/${file}`), parse, from.ahead);
  const stat = open("stat", parseTaskState);
  const schedstat = open("schedstat", parseSchedstat);
  const wchan = open("wchan", parseWchan);
  return {
    close: () => {
      for (const reader of [stat, schedstat, wchan]) reader.close();
    },
    read: () => {
      const state = stat.read();
      if (state === undefined) return undefined;
      return { state, ...schedstat.read(), wchan: wchan.read() };
    },
  };
}

/** The letter after the command, which may itself hold spaces and parentheses. Total. */
export function parseTaskState(stat: string): string | undefined {
  const end = stat.lastIndexOf(") ");
  return end < 0 ? undefined : /^[A-Za-z]/.exec(stat.slice(end + 2))?.[0];
}

/** Nanoseconds on a CPU, nanoseconds runnable but waiting, turns. All zero: the kernel does not account. Total. */
export function parseSchedstat(text: string): Pick<TaskReading, "cpuMs" | "runqueueMs"> {
  const match = /^(\d+) (\d+) (\d+)\s*$/.exec(text);
  if (!match || (match[1] === "0" && match[2] === "0" && match[3] === "0")) return {};
  return { cpuMs: Number(match[1]) / 1e6, runqueueMs: Number(match[2]) / 1e6 };
}

/** The kernel function in which the thread sleeps; `0` is "runs, or may not be seen". Total. */
export function parseWchan(text: string): string | undefined {
  const name = text.trim();
  return name === "" || name === "0" ? undefined : name;
}
