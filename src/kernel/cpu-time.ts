// /proc/stat, the lines of each CPU: what its time went into (fs/proc/stat.c, proc(5)). Of the whole host.
import type { CpuTime } from "../snapshot/network.js";
import { openReader } from "./proc-reader.js";
import { type From, type KeptReading, once, procPath } from "./proc-root.js";

export type { CpuTime };

/** USER_HZ: 100 on every architecture that Node runs on. */
const millisPerTick = 10;

/** Every online CPU's time; `undefined` where /proc/stat cannot be read. */
export function readCpuTimes(from: From = {}): readonly CpuTime[] | undefined {
  return once(openCpuTimes(from));
}

/** The same over a descriptor that stays open. */
export function openCpuTimes(from: From = {}): KeptReading<readonly CpuTime[]> {
  const reader = openReader(procPath(from, "stat"));
  return {
    close: reader.close,
    read: () => {
      const text = reader.read();
      return text === undefined ? undefined : parseCpuTimes(text);
    },
  };
}

/** Lines `cpuN`: user nice system idle iowait irq softirq steal in ticks. Total: lines that lack one are left out. */
export function parseCpuTimes(text: string): readonly CpuTime[] {
  return [...text.matchAll(/^cpu(\d{1,6})((?: +\d{1,15}){8})/gm)].map((match) => {
    const ms = match[2]!
      .trim()
      .split(/ +/)
      .map((word) => Number(word) * millisPerTick);
    const [user, nice, system, idle, iowait, irq, softirq, steal] = ms;
    return {
      cpu: Number(match[1]),
      userMs: user! + nice!,
      systemMs: system!,
      idleMs: idle!,
      iowaitMs: iowait!,
      irqMs: irq!,
      softirqMs: softirq!,
      stealMs: steal!,
    };
  });
}
