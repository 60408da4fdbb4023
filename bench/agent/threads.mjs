// What the threads of a process have used, from outside (proc_pid_schedstat(5), proc_pid_status(5)).
import { readdirSync, readFileSync } from "node:fs";

const read = (path) => {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return "";
  }
};

/** By thread id: its name, CPU time in ms, and how often it went to sleep by itself (each time ends with a wake-up). */
export const readThreads = (pid) =>
  new Map(
    readdirSync(`/proc/${pid}/task`).map((tid) => {
      const at = `/proc/${pid}/task/${tid}`;
      const cpuMs = Number(read(`${at}/schedstat`).split(" ")[0]) / 1e6;
      const sleeps = Number(/^voluntary_ctxt_switches:\s+(\d+)/m.exec(read(`${at}/status`))?.[1]);
      return [Number(tid), { name: read(`${at}/comm`).trim(), cpuMs, sleeps, isMain: Number(tid) === pid }];
    }),
  );

/** What was used between two readings: by the main thread, by the threads with this name, and by all others. */
export const usedBetween = (before, after, name) => {
  const used = { main: { cpuMs: 0, sleeps: 0 }, named: { cpuMs: 0, sleeps: 0 }, others: { cpuMs: 0, sleeps: 0 } };
  for (const [tid, thread] of after) {
    const was = before.get(tid) ?? { cpuMs: 0, sleeps: 0 };
    const place = used[thread.isMain ? "main" : thread.name === name ? "named" : "others"];
    place.cpuMs += thread.cpuMs - was.cpuMs;
    place.sleeps += thread.sleeps - was.sleeps;
  }
  return used;
};

/** Resident memory of a process in MB: all of it, and the part that no file stands behind. */
export const readMemory = (pid) => {
  const status = read(`/proc/${pid}/status`);
  const of = (name) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(status)?.[1]) / 1024;
  return { residentMb: of("VmRSS"), anonymousMb: of("RssAnon") };
};
