// What a CPU's time went into between two readings. Pure.
import type { CpuTime } from "./network.js";

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
