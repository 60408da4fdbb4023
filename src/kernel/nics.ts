// /sys/class/net/IF: statistics, MTU, speed, driver (Documentation/ABI/testing/sysfs-class-net{,-statistics}).
import type { NicStatistics } from "../snapshot/network.js";
import { readdirSync, readlinkSync } from "node:fs";
import { basename } from "node:path";
import { type From, readText, sysPath } from "./proc-root.js";

export type { NicStatistics };

export interface Nic {
  readonly name: string;
  readonly mtuBytes: number | undefined;
  /** Link speed, Mbit/s; `undefined` where the link is down or the device has none (loopback, many virtual ones). */
  readonly speedMbit: number | undefined;
  /** `up`, `down`, `unknown`, … (RFC 2863). */
  readonly operstate: string | undefined;
  /** Kernel driver; virtual devices have none. */
  readonly driver: string | undefined;
  readonly statistics: NicStatistics;
}

/** The interfaces of the network namespace in which sysfs was mounted; `undefined` where /sys/class/net is not readable. */
export function readNics(from: From = {}): readonly Nic[] | undefined {
  const folder = sysPath(from, "class/net");
  const names = entries(folder);
  return names?.filter((name) => entries(`${folder}/${name}`) !== undefined).map((name) => readNic(folder, name));
}

function readNic(folder: string, name: string): Nic {
  const read = (file: string): string => readText(`${folder}/${name}/${file}`)?.trim() ?? "";
  const counters = (entries(`${folder}/${name}/statistics`) ?? []).flatMap((counter) => {
    const value = parseStatistic(counter, read(`statistics/${counter}`));
    return value === undefined ? [] : [[counter, value] as const];
  });
  const speed = parseNumber(read("speed"));
  return {
    name,
    mtuBytes: parseNumber(read("mtu")),
    speedMbit: speed !== undefined && speed > 0 ? speed : undefined,
    operstate: read("operstate") || undefined,
    driver: readDriver(`${folder}/${name}/device/driver`),
    statistics: Object.fromEntries(counters) as NicStatistics,
  };
}

/** One file of statistics/. Total. */
export function parseStatistic(name: string, text: string): number | bigint | undefined {
  const digits = text.trim();
  if (!/^\d+$/.test(digits)) return undefined;
  return name.endsWith("bytes") ? BigInt(digits) : Number(digits);
}

function parseNumber(text: string): number | undefined {
  return /^-?\d+$/.test(text) ? Number(text) : undefined;
}

function entries(folder: string): readonly string[] | undefined {
  try {
    return readdirSync(folder);
  } catch {
    return undefined;
  }
}

function readDriver(link: string): string | undefined {
  try {
    return basename(readlinkSync(link));
  } catch {
    return undefined;
  }
}
