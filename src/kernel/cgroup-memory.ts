// What a process's cgroup lets its sockets have: memory.stat, memory.events, memory.max, memory.current (cgroup-v2.rst),
// memory.kmem.tcp.* (cgroup-v1/memory.rst). Of the cgroup, whatever network namespaces its processes are in.
import type { CgroupMemory, MemoryLimit } from "../snapshot/network.js";
import { findCgroup } from "./cgroup.js";
import { openReader } from "./proc-reader.js";
import { type From, type KeptReading, once, processPath } from "./proc-root.js";

export type { CgroupMemory, MemoryLimit };

/** Socket memory of the cgroup of `from.pid`; `undefined` where no memory controller can be seen for it. */
export function readCgroupMemory(from: From = {}): CgroupMemory | undefined {
  return once(openCgroupMemory(from));
}

/** The same over descriptors that stay open; follows the process when it moves to another cgroup. */
export function openCgroupMemory(from: From = {}): KeptReading<CgroupMemory> {
  const cgroup = openReader(processPath(from, "cgroup"));
  let seen: string | undefined;
  let reading: KeptReading<CgroupMemory> | undefined;
  return {
    close: () => {
      cgroup.close();
      reading?.close();
    },
    read: () => {
      const now = cgroup.read();
      if (now !== seen) {
        reading?.close();
        seen = now;
        const found = findCgroup(from, "memory");
        reading = found && (found.version === 1 ? openV1(found.folders) : openV2(found.folders));
      }
      const memory = reading?.read();
      const known = memory && Object.entries(memory).some(([name, value]) => name !== "version" && value !== undefined);
      return known ? memory : undefined;
    },
  };
}

interface Level {
  readonly limit: KeptReading<string>;
  readonly usage: KeptReading<string>;
  readonly hits: KeptReading<string>;
}

const count = (reader: KeptReading<string> | undefined): number | undefined => parseCount(reader?.read() ?? "");
const keyed = (reader: KeptReading<string> | undefined): Readonly<Record<string, number>> =>
  parseFlatKeyed(reader?.read() ?? "");

function openV1(folders: readonly string[]): KeptReading<CgroupMemory> {
  const file = (folder: string, name: string): KeptReading<string> => openReader(`${folder}/memory.kmem.tcp.${name}`);
  const levels = folders.map((folder): Level => {
    return {
      limit: file(folder, "limit_in_bytes"),
      usage: file(folder, "usage_in_bytes"),
      hits: file(folder, "failcnt"),
    };
  });
  return {
    close: () => closeAll(levels),
    read: () => {
      const tight = tightest(levels);
      return {
        version: 1,
        socketBytes: count(levels[0]?.usage),
        usageBytes: count(tight?.level.usage),
        limitBytes: tight?.limit,
        limitHits: count(tight?.level.hits),
      };
    },
  };
}

function openV2(folders: readonly string[]): KeptReading<CgroupMemory> {
  const file = (folder: string, name: string): KeptReading<string> => openReader(`${folder}/memory.${name}`);
  const levels = folders.map((folder): Level => {
    return { limit: file(folder, "max"), usage: file(folder, "current"), hits: file(folder, "events") };
  });
  const stat = file(folders[0] ?? "", "stat");
  return {
    close: () => {
      closeAll(levels);
      stat.close();
    },
    read: () => {
      const tight = tightest(levels);
      const own = keyed(levels[0]?.hits);
      return {
        version: 2,
        socketBytes: keyed(stat).sock,
        usageBytes: count(tight?.level.usage),
        limitBytes: tight?.limit,
        limitHits: keyed(tight?.level.hits).max,
        socketThrottled: own.sock_throttled,
        highHits: own.high,
      };
    },
  };
}

function closeAll(levels: readonly Level[]): void {
  for (const level of levels) for (const reader of Object.values(level)) reader.close();
}

interface Tightest {
  readonly level: Level;
  readonly limit: MemoryLimit;
}

// The root cgroup has no limit file. Without any that can be read nothing is known, which is not "none".
function tightest(levels: readonly Level[]): Tightest | undefined {
  const bytes = (limit: MemoryLimit): number => (limit === "none" ? Number.POSITIVE_INFINITY : limit);
  let found: Tightest | undefined;
  for (const level of levels) {
    const limit = parseLimit(level.limit.read() ?? "");
    if (limit !== undefined && (!found || bytes(limit) < bytes(found.limit))) found = { level, limit };
  }
  return found;
}

/** `max`, or bytes; v1 writes "none" as the largest number of pages that fits 63 bits. Total. */
export function parseLimit(text: string): MemoryLimit | undefined {
  const word = text.trim();
  if (word === "max") return "none";
  const bytes = parseCount(word);
  return bytes !== undefined && bytes >= 2 ** 62 ? "none" : bytes;
}

/** Lines `name number`. Total: others are left out. */
export function parseFlatKeyed(text: string): Readonly<Record<string, number>> {
  return Object.fromEntries([...text.matchAll(/^(\w+) (\d{1,20})$/gm)].map((match) => [match[1]!, Number(match[2])]));
}

function parseCount(text: string): number | undefined {
  return /^\d{1,20}$/.test(text.trim()) ? Number(text) : undefined;
}
