// Where a reading is taken: whose view, and where /proc and /sys are mounted (proc(5)). Tests point it at fixtures.
import { readFileSync, readlinkSync } from "node:fs";
import type { ReadAhead } from "./read-ahead.js";

/** Whose view is read, and where. Everything is optional: the own process, `/proc` and `/sys`. */
export interface From {
  /** The process whose network namespace, cgroup or tasks are read. */
  readonly pid?: number | undefined;
  /** Mount point of procfs, `/proc`. */
  readonly proc?: string | undefined;
  /** Mount point of sysfs, `/sys`. */
  readonly sys?: string | undefined;
  /** What stays open is read together with these. */
  readonly ahead?: ReadAhead | undefined;
}

/** A reading that is taken again and again over descriptors that stay open: it works at EMFILE and saves the open. */
export interface KeptReading<T> {
  /** `undefined` when it cannot be had (now). Never throws. */
  readonly read: () => T | undefined;
  readonly close: () => void;
}

/**
 * `/proc/PID/FILE`. /proc/net is /proc/self/net, so this also picks the network namespace. The own process is always
 * `self`: where /proc is that of another PID namespace, its own number is somebody else's there.
 */
export const processPath = ({ pid, proc }: From, file: string): string => {
  const isOwn = pid === undefined || (pid === process.pid && proc === undefined);
  return `${proc ?? "/proc"}/${isOwn ? "self" : pid}/${file}`;
};

export const procPath = (from: From, file: string): string => `${from.proc ?? "/proc"}/${file}`;

export const sysPath = (from: From, file: string): string => `${from.sys ?? "/sys"}/${file}`;

/** A whole file of the kernel, or `undefined` where it is absent or may not be read. */
export function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return undefined;
  }
}

/** True where `from.pid` lives in this process's network namespace; `undefined` where that cannot be seen. */
export function sharesNetns(from: From): boolean | undefined {
  if (from.pid === undefined) return true;
  try {
    return readlinkSync(processPath(from, "ns/net")) === readlinkSync(processPath({ proc: from.proc }, "ns/net"));
  } catch {
    return undefined;
  }
}

/** One reading of a kept one. */
export function once<T>(reading: KeptReading<T>): T | undefined {
  try {
    return reading.read();
  } finally {
    reading.close();
  }
}
