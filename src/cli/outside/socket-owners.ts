// Which process holds which socket: the links of /proc/PID/fd (proc(5)), `socket:[INODE]`.
import { readdirSync, readlinkSync } from "node:fs";
import { errorCode } from "../../errors.js";

const entries = (folder: string): readonly string[] => readdirSync(folder);

const inodeOf = (link: string): number | undefined => {
  try {
    const match = /^socket:\[(\d+)\]$/.exec(readlinkSync(link));
    return match ? Number(match[1]) : undefined;
  } catch {
    // Closed meanwhile.
    return undefined;
  }
};

/** Socket inode → descriptor of a process. Throws the errno of opening /proc/PID/fd (ENOENT, EACCES). */
export const socketsOf = (pid: number): ReadonlyMap<number, number> => {
  const sockets = new Map<number, number>();
  for (const fd of entries(`/proc/${pid}/fd`)) {
    const inode = inodeOf(`/proc/${pid}/fd/${fd}`);
    if (inode !== undefined) sockets.set(inode, Number(fd));
  }
  return sockets;
};

export interface Owners {
  /** Socket inode → the process that has held it longest (the lowest pid). */
  readonly pids: ReadonlyMap<number, number>;
  /** Processes whose descriptors may not be read. */
  readonly hidden: number;
}

/** Who holds these sockets. Looks through all processes: not for periodic use. */
export const ownersOf = (inodes: ReadonlySet<number>): Owners => {
  const pids = new Map<number, number>();
  let hidden = 0;
  const all = entries("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .toSorted((a, b) => a - b);
  for (const pid of all) {
    if (inodes.size === pids.size) break;
    try {
      for (const inode of socketsOf(pid).keys()) if (inodes.has(inode) && !pids.has(inode)) pids.set(inode, pid);
    } catch (error) {
      if (errorCode(error) === "EACCES") hidden += 1;
    }
  }
  return { pids, hidden };
};
