// What a process's cgroup lets its sockets have: memory.stat, memory.events, memory.max, memory.current (cgroup-v2.rst),
// memory.kmem.tcp.* (cgroup-v1/memory.rst). Of the cgroup, whatever network namespaces its processes are in.
import type { CgroupMemory, MemoryLimit } from "../snapshot/network.js";
import { findCgroup } from "./cgroup.js";
import { openParsed, openReader } from "./proc-reader.js";
import { type From, type KeptReading, once, processPath } from "./proc-root.js";
import type { ReadAhead } from "./read-ahead.js";

export type { CgroupMemory, MemoryLimit };

/** Socket memory of the cgroup of `from.pid`; `undefined` where no memory controller can be seen for it. */
export function readCgroupMemory(from: From = {}): CgroupMemory | undefined {
  return once(openCgroupMemory(from));
}

/** The same over descriptors that stay open; follows the process when it moves to another cgroup. */
export function openCgroupMemory(from: From = {}): KeptReading<CgroupMemory> {
  const cgroup = openReader(processPath(from, "cgroup"), from.ahead);
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
        reading =
          found && (found.version === 1 ? openV1(found.folders, from.ahead) : openV2(found.folders, from.ahead));
      }
      const memory = reading?.read();
      const known = memory && Object.entries(memory).some(([name, value]) => name !== "version" && value !== undefined);
      return known ? memory : undefined;
    },
  };
}

/** What its files tell; `hits` is one number before v2. */
interface Level<Hits> {
  readonly limit: KeptReading<MemoryLimit>;
  readonly usage: KeptReading<number>;
  readonly hits: KeptReading<Hits>;
}

type Keyed = Readonly<Record<string, number>>;

function openV1(folders: readonly string[], ahead: ReadAhead | undefined): KeptReading<CgroupMemory> {
  const levels = folders.map((folder): Level<number> => {
    const open = <T>(name: string, parse: (text: string) => T | undefined): KeptReading<T> =>
      openParsed(`${folder}/memory.kmem.tcp.${name}`, parse, ahead);
    return {
      limit: open("limit_in_bytes", parseLimit),
      usage: open("usage_in_bytes", parseCount),
      hits: open("failcnt", parseCount),
    };
  });
  return {
    close: () => closeAll(levels),
    read: () => {
      const tight = tightest(levels);
      return {
        version: 1,
        socketBytes: levels[0]?.usage.read(),
        usageBytes: tight?.level.usage.read(),
        limitBytes: tight?.limit,
        limitHits: tight?.level.hits.read(),
      };
    },
  };
}

function openV2(folders: readonly string[], ahead: ReadAhead | undefined): KeptReading<CgroupMemory> {
  const open = <T>(folder: string, name: string, parse: (text: string) => T | undefined): KeptReading<T> =>
    openParsed(`${folder}/memory.${name}`, parse, ahead);
  const levels = folders.map((folder): Level<Keyed> => {
    return {
      limit: open(folder, "max", parseLimit),
      usage: open(folder, "current", parseCount),
      hits: open(folder, "events", parseFlatKeyed),
    };
  });
  const stat = open(folders[0] ?? "", "stat", parseFlatKeyed);
  return {
    close: () => {
      closeAll(levels);
      stat.close();
    },
    read: () => {
      const tight = tightest(levels);
      const own = levels[0]?.hits.read();
      return {
        version: 2,
        socketBytes: stat.read()?.sock,
        usageBytes: tight?.level.usage.read(),
        limitBytes: tight?.limit,
        limitHits: tight?.level.hits.read()?.max,
        socketThrottled: own?.sock_throttled,
        highHits: own?.high,
      };
    },
  };
}

function closeAll(levels: readonly Level<unknown>[]): void {
  for (const { limit, usage, hits } of levels) for (const reader of [limit, usage, hits]) reader.close();
}

interface Tightest<Hits> {
  readonly level: Level<Hits>;
  readonly limit: MemoryLimit;
}

// The root cgroup has no limit file. Without any that can be read nothing is known, which is not "none".
function tightest<Hits>(levels: readonly Level<Hits>[]): Tightest<Hits> | undefined {
  const bytes = (limit: MemoryLimit): number => (limit === "none" ? Number.POSITIVE_INFINITY : limit);
  let found: Tightest<Hits> | undefined;
  for (const level of levels) {
    const limit = level.limit.read();
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
