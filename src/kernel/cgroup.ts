// Where a process's cgroup lies in the file system: /proc/PID/cgroup and /proc/PID/mountinfo (cgroups(7), proc(5)).
import { existsSync } from "node:fs";
import { type From, processPath, readText } from "./proc-root.js";

interface Hierarchy {
  /** `undefined` is the unified one (v2). */
  readonly controllers: readonly string[] | undefined;
  readonly path: string;
}

interface CgroupMount {
  readonly version: 1 | 2;
  /** Path of the cgroup that is mounted. */
  readonly root: string;
  readonly mountPoint: string;
  readonly controllers: readonly string[];
}

/** A cgroup's folders, its own first, then its parents up to the mounted root. */
export interface CgroupFolders {
  readonly version: 1 | 2;
  readonly folders: readonly string[];
}

/** Lines `id:controllers:path`. Total. */
export function parseCgroup(text: string): readonly Hierarchy[] {
  return text.split("\n").flatMap((line) => {
    const match = /^(\d+):([^:]*):(\/.*)$/.exec(line);
    if (!match) return [];
    const names = match[2]!;
    return [{ controllers: names === "" ? undefined : names.split(","), path: match[3]! }];
  });
}

const plain = (word: string): string =>
  word.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));

/** The cgroup mounts of /proc/PID/mountinfo, with its octal escapes undone. Total. */
export function parseCgroupMounts(text: string): readonly CgroupMount[] {
  return text.split("\n").flatMap((line) => {
    const match = /^\S+ \S+ \S+ (\S+) (\S+) .*?- (cgroup2?) \S+ (\S+)$/.exec(line);
    if (!match) return [];
    const [, root, mountPoint, type, options] = match;
    const version = type === "cgroup2" ? 2 : 1;
    return [{ version, root: plain(root!), mountPoint: plain(mountPoint!), controllers: options!.split(",") }];
  });
}

/**
 * The folders of `from.pid`'s cgroup in the hierarchy that has `controller`, v1 before v2 where both are mounted.
 * Paths and roots are relative to the reader's cgroup namespace; a process outside of it, or a cgroup that is not
 * mounted here, gives `undefined`: the folder of another cgroup would be a wrong reading.
 */
export function findCgroup(from: From, controller: string): CgroupFolders | undefined {
  const hierarchies = parseCgroup(readText(processPath(from, "cgroup")) ?? "");
  const v1 = hierarchies.find(({ controllers }) => controllers?.includes(controller));
  const chosen = v1 ?? hierarchies.find(({ controllers }) => controllers === undefined);
  if (chosen === undefined) return undefined;
  const version = v1 === undefined ? 2 : 1;
  return (
    locate(chosen.path, version, controller, readText(processPath({ proc: from.proc }, "mountinfo")) ?? "", "") ??
    // Seen from a mount namespace without cgroupfs: through the process's own mounts.
    locate(chosen.path, version, controller, readText(processPath(from, "mountinfo")) ?? "", processPath(from, "root"))
  );
}

function locate(
  path: string,
  version: 1 | 2,
  controller: string,
  mountinfo: string,
  prefix: string,
): CgroupFolders | undefined {
  for (const mount of parseCgroupMounts(mountinfo)) {
    if (mount.version !== version || (version === 1 && !mount.controllers.includes(controller))) continue;
    const below = pathBelow(path, mount.root);
    if (below === undefined) continue;
    const top = prefix + mount.mountPoint;
    const names = below.split("/").filter((name) => name !== "");
    const folders = names.map((_, depth) => `${top}/${names.slice(0, names.length - depth).join("/")}`);
    if (existsSync(folders[0] ?? top)) return { version, folders: [...folders, top] };
  }
  return undefined;
}

function pathBelow(path: string, root: string): string | undefined {
  if (path.split("/").includes("..")) return undefined;
  if (root === "/") return path;
  return path === root || path.startsWith(`${root}/`) ? path.slice(root.length) : undefined;
}
