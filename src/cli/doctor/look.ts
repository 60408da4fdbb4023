// Takes the doctor's readings, each once. What cannot be had is left out and named in `missing`.
import { readlinkSync } from "node:fs";
import { release } from "node:os";
import { basename } from "node:path";
import type { ProcessSetUp, Settings } from "../../explain/advice/readings.js";
import {
  connectDiag,
  readCounters,
  readCpuLimit,
  readCpuQuota,
  readFds,
  readHostCpu,
  readNics,
  readSysctl,
  readSysctls,
  support,
} from "../../kernel/index.js";
import { sharesNetns } from "../../kernel/proc-root.js";
import type { ListenerReading, Missing } from "../../snapshot/snapshot.js";
import { holdersOfAll } from "../outside/holders.js";
import { findListeners } from "../outside/listener-finder.js";
import { watchBelow } from "./below.js";
import { readInventory } from "./inventory.js";
import type { DoctorReadings } from "./readings.js";

/** `atExit`: takes what ends the inventory's process when the command is interrupted. */
export async function lookAround(pid: number | undefined, atExit: (kill: () => void) => void): Promise<DoctorReadings> {
  // The inventory takes longest: everything else is read meanwhile.
  const asked = readInventory({ onStart: atExit });
  const watched = watchBelow(pid);
  const missing: Missing[] = [];
  const shares = pid === undefined ? true : sharesNetns({ pid });
  const other = shares !== true;
  const from = other && pid !== undefined ? { pid } : {};
  const listeners = lookAtListeners(from, missing);
  const settings = lookAtSettings(from);
  if (settings.somaxconn === undefined)
    missing.push({ source: "/proc/sys/net", reason: "the settings cannot be read" });
  const where = shares === false ? "lives in another network namespace" : "belongs to another user";
  if (other) missing.push({ source: "/sys/class/net", reason: `pid ${pid} ${where}` });
  const pids = new Set([pid, ...(listeners ?? []).map((listener) => listener.pid)]);
  const readings = {
    pid,
    node: process.version,
    kernel: release(),
    cpus: readHostCpu()?.cpus,
    support: support().readings,
    listeners,
    processes: [...pids].flatMap((one) => (one === undefined ? [] : [lookAtProcess(one)])),
    settings,
    counters: readCounters(from),
    interfaces: other ? [] : (readNics() ?? []),
  };
  const below = await watched.end();
  const rest = { ...readings, below };
  missing.push(...below.missing);
  const inventory = await asked;
  if ("reason" in inventory)
    return { ...rest, missing: [...missing, { source: "inventory", reason: inventory.reason }] };
  return { ...rest, inventory, missing };
}

function lookAtListeners(from: { readonly pid?: number }, missing: Missing[]): readonly ListenerReading[] | undefined {
  const diag = connectDiag(from);
  if (diag instanceof Error) {
    missing.push({ source: "listeners (sock_diag)", reason: diag.message });
    return undefined;
  }
  try {
    const finder = findListeners(diag, holdersOfAll());
    const listeners = finder.read();
    missing.push(...finder.missing());
    return listeners;
  } finally {
    diag.close();
  }
}

function lookAtProcess(pid: number): ProcessSetUp {
  return {
    pid,
    command: commandOf(pid),
    fds: readFds(pid),
    cpuLimit: readCpuLimit(pid),
    cpuQuota: readCpuQuota(pid),
  };
}

function lookAtSettings(from: { readonly pid?: number }): Settings {
  const buffers = { tcp_rmem: readSysctl("net.ipv4.tcp_rmem", from), tcp_wmem: readSysctl("net.ipv4.tcp_wmem", from) };
  return { ...readSysctls(from), ...buffers };
}

/** The executable's name; the thread's own name (/proc/PID/comm) says `MainThread` on newer Node. */
function commandOf(pid: number): string | undefined {
  try {
    return basename(readlinkSync(`/proc/${pid}/exe`));
  } catch {
    return undefined;
  }
}
