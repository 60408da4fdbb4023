// How many descriptors a process has open (/proc/PID/fd) and its soft limit (/proc/PID/limits), see proc(5).
import { readdirSync, statSync } from "node:fs";
import { errorCode } from "../errors.js";
import { parseRlimit } from "./rlimits.js";
import { openParsed } from "./proc-reader.js";
import { type From, type KeptReading, once, processPath } from "./proc-root.js";

export interface FdsReading {
  readonly open: number;
  /** RLIMIT_NOFILE, soft; `Infinity` where unlimited. */
  readonly limit: number;
}

/** Open descriptors and their limit; `undefined` where the process is gone or belongs to somebody else. */
export function readFds(pid: number, from: From = {}): FdsReading | undefined {
  return once(openFds(pid, from));
}

/** The same with the limits file kept open, so that it is also had when the own descriptors have run out. */
export function openFds(pid: number, from: From = {}): KeptReading<FdsReading> {
  const limits = openParsed(processPath({ ...from, pid }, "limits"), parseFdLimit, from.ahead);
  const folder = processPath({ ...from, pid }, "fd");
  return {
    close: limits.close,
    read: () => {
      const limit = limits.read();
      if (limit === undefined) return undefined;
      const open = countFds(folder, pid === process.pid ? limit : undefined);
      return open === undefined ? undefined : { open, limit };
    },
  };
}

/** The soft limit of the line `Max open files`. Total. */
export const parseFdLimit = (text: string): number | undefined => parseRlimit(text, "Max open files");

/**
 * Since 6.2 the size of /proc/PID/fd is the count, without a descriptor to open; before that the entries are counted.
 * EMFILE while doing so means that all up to the own limit are taken.
 */
function countFds(folder: string, ownLimit: number | undefined): number | undefined {
  try {
    const { size } = statSync(folder);
    if (size > 0) return size;
    const entries = readdirSync(folder).length;
    // The listing itself takes one of the own descriptors.
    return ownLimit === undefined ? entries : entries - 1;
  } catch (error) {
    return errorCode(error) === "EMFILE" ? ownLimit : undefined;
  }
}
