// /proc/stat, the lines of each CPU: what its time went into (fs/proc/stat.c, proc(5)). Of the whole host.
import { openReader } from "./proc-reader.js";
import { type From, type KeptReading, once, procPath } from "./proc-root.js";

/** USER_HZ: 100 on every architecture that Node runs on. */
const millisPerTick = 10;

/** One online CPU, cumulative, in steps of 10 ms. Idle and I/O wait can step back by a tick. */
export interface CpuTime {
  readonly cpu: number;
  readonly userMs: number;
  readonly systemMs: number;
  readonly idleMs: number;
  readonly iowaitMs: number;
  readonly irqMs: number;
  /**
   * In softirqs of all kinds, ksoftirqd's included; NAPI that polls in a thread of its own is in `systemMs`. Without
   * CONFIG_IRQ_TIME_ACCOUNTING it is sampled once a tick: a short window says little.
   */
  readonly softirqMs: number;
  /** Taken by the hypervisor. */
  readonly stealMs: number;
}

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

/** Shares of one CPU's time between two readings, 0 to 1. */
export interface CpuShares {
  readonly cpu: number;
  readonly busy: number;
  readonly softirq: number;
  readonly steal: number;
  /** Nothing to do: idle or waiting for a disk. */
  readonly idle: number;
}

/** For each CPU of both readings between which at least a tick passed. A figure that stepped back counts as still. */
export function cpuShares(before: readonly CpuTime[], after: readonly CpuTime[]): readonly CpuShares[] {
  return after.flatMap((now) => {
    const then = before.find(({ cpu }) => cpu === now.cpu);
    if (!then) return [];
    const spent = (name: Exclude<keyof CpuTime, "cpu">): number => Math.max(0, now[name] - then[name]);
    const idle = spent("idleMs") + spent("iowaitMs");
    const softirq = spent("softirqMs");
    const steal = spent("stealMs");
    const busy = spent("userMs") + spent("systemMs") + spent("irqMs") + softirq;
    const whole = idle + busy + steal;
    if (whole === 0) return [];
    return [{ cpu: now.cpu, busy: busy / whole, softirq: softirq / whole, steal: steal / whole, idle: idle / whole }];
  });
}
