// /proc/stat: the host's CPUs and the time its hypervisor took from them (fs/proc/stat.c, proc(5)).
import type { HostReading } from "../snapshot/snapshot.js";
import { openParsed } from "./proc-reader.js";
import { type From, type KeptReading, once, procPath } from "./proc-root.js";

/** USER_HZ: 100 on every architecture that Node runs on. */
const millisPerTick = 10;

/** CPUs and steal; `undefined` where /proc/stat cannot be read. In a container these are still the host's. */
export function readHostCpu(from: From = {}): HostReading | undefined {
  return once(openHostCpu(from));
}

/** The same over a descriptor that stays open. */
export function openHostCpu(from: From = {}): KeptReading<HostReading> {
  return openParsed(procPath(from, "stat"), parseHostCpu, from.ahead);
}

/** Lines `cpu` and `cpuN`: user nice system idle iowait irq softirq steal … in ticks. Total. */
export function parseHostCpu(text: string): HostReading | undefined {
  const cpus = text.match(/^cpu\d+ /gm)?.length;
  if (cpus === undefined) return undefined;
  const steal = /^cpu (?: +\d+){7} +(\d+)/m.exec(text)?.[1];
  return { cpus, stealMs: steal === undefined ? undefined : Number(steal) * millisPerTick };
}
