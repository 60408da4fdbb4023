// What a process's cgroup lets its sockets have: memory.stat, memory.events, memory.max, memory.current (cgroup-v2.rst),
// memory.kmem.tcp.* (cgroup-v1/memory.rst). Of the cgroup, whatever network namespaces its processes are in.
import { type CgroupFolders, findCgroup } from "./cgroup.js";
import { type From, readText } from "./proc-root.js";

/** A limit in bytes; `"none"`: there is none at this level or above it. */
export type MemoryLimit = number | "none";

export interface CgroupMemory {
  readonly version: 1 | 2;
  /** Memory of the sockets of this cgroup and those below it. v1 counts TCP's only, and only once a limit was set. */
  readonly socketBytes?: number | undefined;
  /** What the limit is held against at its level: v2 all memory, v1 TCP's buffers. */
  readonly usageBytes?: number | undefined;
  /** The tightest one of this cgroup and its parents (v2 memory.max, v1 memory.kmem.tcp.limit_in_bytes). */
  readonly limitBytes?: MemoryLimit | undefined;
  /** Times the limit was hit, at its level: v2 `max` of memory.events, v1 memory.kmem.tcp.failcnt. */
  readonly limitHits?: number | undefined;
  /** v2, where the kernel counts it: times sockets were held back because of this cgroup. */
  readonly socketThrottled?: number | undefined;
  /** v2: times memory was over memory.high and its users were slowed down. */
  readonly highHits?: number | undefined;
}

/** Socket memory of the cgroup of `from.pid`; `undefined` where no memory controller can be seen for it. */
export function readCgroupMemory(from: From = {}): CgroupMemory | undefined {
  const cgroup = findCgroup(from, "memory");
  if (cgroup === undefined) return undefined;
  const memory = cgroup.version === 1 ? readV1(cgroup) : readV2(cgroup);
  return Object.values(memory).some((value) => value !== undefined)
    ? { version: cgroup.version, ...memory }
    : undefined;
}

type Levels = Omit<CgroupMemory, "version">;

function readV1({ folders }: CgroupFolders): Levels {
  const file = (folder: string, name: string): string => readText(`${folder}/memory.kmem.tcp.${name}`) ?? "";
  const tight = tightest(folders, (folder) => parseLimit(file(folder, "limit_in_bytes")));
  const number = (folder: string | undefined, name: string): number | undefined =>
    folder === undefined ? undefined : parseCount(file(folder, name));
  return {
    socketBytes: number(folders[0], "usage_in_bytes"),
    usageBytes: number(tight?.folder, "usage_in_bytes"),
    limitBytes: tight?.limit,
    limitHits: number(tight?.folder, "failcnt"),
  };
}

function readV2({ folders }: CgroupFolders): Levels {
  const [own = ""] = folders;
  const tight = tightest(folders, (folder) => parseLimit(readText(`${folder}/memory.max`) ?? ""));
  const events = parseFlatKeyed(readText(`${own}/memory.events`) ?? "");
  const atLimit = tight ? parseFlatKeyed(readText(`${tight.folder}/memory.events`) ?? "") : {};
  return {
    socketBytes: parseFlatKeyed(readText(`${own}/memory.stat`) ?? "").sock,
    usageBytes: tight ? parseCount(readText(`${tight.folder}/memory.current`) ?? "") : undefined,
    limitBytes: tight?.limit,
    limitHits: atLimit.max,
    socketThrottled: events.sock_throttled,
    highHits: events.high,
  };
}

interface Tightest {
  readonly folder: string;
  readonly limit: MemoryLimit;
}

// The root cgroup has no limit file. Without any that can be read nothing is known, which is not "none".
function tightest(
  folders: readonly string[],
  limitOf: (folder: string) => MemoryLimit | undefined,
): Tightest | undefined {
  let found: Tightest | undefined;
  for (const folder of folders) {
    const limit = limitOf(folder);
    if (limit === undefined) continue;
    const value = (one: MemoryLimit): number => (one === "none" ? Number.POSITIVE_INFINITY : one);
    if (found === undefined || value(limit) < value(found.limit)) found = { folder, limit };
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
