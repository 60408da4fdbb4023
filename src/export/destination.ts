// Where lines go: stderr, stdout, a file, or nowhere. Writing never waits and nothing piles up: what cannot be taken
// now is lost and counted. Mirrors pipe(7), open(2), write(2).
//
// The thread that calls is the observer, so lines appear while the main thread is blocked.
import { closeSync, constants, fstatSync, openSync, readFileSync, type Stats, statSync, writeSync } from "node:fs";
import { constants as osConstants } from "node:os";
import { resolve } from "node:path";
import { errnoName, errorCode } from "../errors.js";

/** One write that does not wait: the bytes taken, or -errno (`writeNow` of the addon). */
export type WriteNow = (fd: number, bytes: Uint8Array) => number;

export interface Destination {
  /** Whether the line got through. */
  readonly write: (line: Uint8Array) => boolean;
  /** Lines that did not. */
  readonly lost: () => number;
  /** Why the last one was lost, an errno name where there is one. */
  readonly reason: () => string | undefined;
  readonly close: () => void;
}

/** What takes bytes: returns how many it took, throws when it takes none. */
export interface Outlet {
  readonly take: (bytes: Uint8Array) => number;
  /** True when bytes will go to another file than the last ones did. */
  readonly renew?: (() => boolean) | undefined;
  readonly close: () => void;
}

const { O_WRONLY, O_APPEND, O_CREAT, O_NONBLOCK, O_NOCTTY } = constants;
const { ENOSYS } = osConstants.errno;
const keepOpen = (): void => {};

const standardStreams: ReadonlyMap<string, number> = new Map([
  ["stdout", 1],
  ["/dev/stdout", 1],
  ["/dev/fd/1", 1],
  ["/proc/self/fd/1", 1],
  ["stderr", 2],
  ["/dev/stderr", 2],
  ["/dev/fd/2", 2],
  ["/proc/self/fd/2", 2],
]);

/** Opens `stderr`, `stdout`, `off` or a path. Never throws: a file that cannot be opened is said once on stderr, which then is used. */
export const openDestination = (log: string, writeNow?: WriteNow): Destination => {
  if (log === "off") return { write: () => true, lost: () => 0, reason: () => undefined, close: keepOpen };
  const stream = standardStreams.get(log);
  if (stream !== undefined) return linesTo(standardOutlet(stream, writeNow));
  const path = resolve(log);
  const file = fileOutlet(path);
  const problem = file.problem();
  if (problem === undefined) return linesTo(file);
  const stderr = linesTo(standardOutlet(2, writeNow));
  stderr.write(Buffer.from(`sockscope: SOCKSCOPE_LOG=${path} cannot be opened (${problem}); using stderr\n`));
  return stderr;
};

/** Keeps lines whole: what an outlet took only in part is finished before the next line begins. */
export const linesTo = (outlet: Outlet): Destination => {
  let lost = 0;
  let reason: string | undefined;
  let rest: Uint8Array | undefined;
  const drop = (why: string): boolean => {
    lost += 1;
    reason = why;
    return false;
  };
  const write = (line: Uint8Array): boolean => {
    try {
      if (outlet.renew?.() === true && rest !== undefined) {
        rest = undefined;
        drop("the file was replaced");
      }
      if (rest !== undefined) rest = remainder(rest, outlet.take(rest));
      if (rest !== undefined) return drop("EAGAIN");
      const taken = outlet.take(line);
      if (taken === 0) return drop("EAGAIN");
      rest = remainder(line, taken);
      return true;
    } catch (error) {
      return drop(errorCode(error));
    }
  };
  const close = (): void => {
    if (rest !== undefined) drop("closed");
    rest = undefined;
    outlet.close();
  };
  return { write, lost: () => lost, reason: () => reason, close };
};

const remainder = (bytes: Uint8Array, taken: number): Uint8Array | undefined =>
  taken < bytes.length ? bytes.subarray(taken) : undefined;

/**
 * A stream of the host. Its descriptor and the flags of it are the host's: a pipe or terminal is opened anew through
 * /proc, which gives a description of our own whose O_NONBLOCK nobody else sees. To a pipe, at most PIPE_BUF (4,096)
 * bytes go whole or not at all (pipe(7)), also between the lines of other writers.
 */
const standardOutlet = (fd: number, writeNow: WriteNow | undefined): Outlet => {
  try {
    const stat = fstatSync(fd);
    // A regular file makes nobody wait for a reader, and its offset is shared with the host: what we write adds up.
    if (stat.isFile()) return { take: (bytes) => writeSync(fd, bytes), close: keepOpen };
    if (!stat.isSocket()) {
      const own = openSync(`/proc/self/fd/${fd}`, O_WRONLY | O_APPEND | O_NONBLOCK | O_NOCTTY);
      return { take: (bytes) => writeSync(own, bytes), close: () => closeSync(own) };
    }
  } catch {
    // EACCES after the process has changed its user, or the permission model: the addon's write remains.
  }
  return { take: (bytes) => takeNow(fd, bytes, writeNow), close: keepOpen };
};

const takeNow = (fd: number, bytes: Uint8Array, writeNow: WriteNow | undefined): number => {
  const taken = writeNow?.(fd, bytes) ?? -ENOSYS;
  if (taken >= 0) return taken;
  // Without the addon, only a description that the host itself has made non-blocking can be used.
  if (taken === -ENOSYS && isNonBlocking(fd)) return writeSync(fd, bytes);
  throw Object.assign(new Error("write"), { code: errnoName(-taken) });
};

const isNonBlocking = (fd: number): boolean => {
  const flags = /^flags:\s*([0-7]+)/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, "latin1"))?.[1] ?? "0";
  return (Number.parseInt(flags, 8) & O_NONBLOCK) !== 0;
};

interface OpenFile {
  readonly fd: number;
  readonly stat: Stats;
}

/** A path, appended to; opened again when another file stands there (logrotate) or none. */
const fileOutlet = (path: string): Outlet & { readonly problem: () => string | undefined } => {
  let file: OpenFile | undefined;
  const close = (): void => {
    if (file !== undefined) closeSync(file.fd);
    file = undefined;
  };
  const open = (): OpenFile => {
    const fd = openSync(path, O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK | O_NOCTTY, 0o666);
    return { fd, stat: fstatSync(fd) };
  };
  const renew = (): boolean => {
    if (file === undefined || isSameFile(file.stat, path)) return false;
    close();
    return true;
  };
  const take = (bytes: Uint8Array): number => {
    file ??= open();
    if (fstatSync(file.fd).size + bytes.length > fileSizeLimit())
      throw Object.assign(new Error("write"), { code: "EFBIG" });
    try {
      return writeSync(file.fd, bytes);
    } catch (error) {
      // The readers of a FIFO have gone: the next one is found by opening again.
      if (errorCode(error) === "EPIPE") close();
      throw error;
    }
  };
  const problem = (): string | undefined => {
    try {
      file ??= open();
      return undefined;
    } catch (error) {
      // A FIFO that nobody reads yet is no mistake: lines are lost and counted until somebody does.
      return errorCode(error) === "ENXIO" && statSync(path).isFIFO() ? undefined : errorCode(error);
    }
  };
  return { take, renew, close, problem };
};

let sizeLimit: number | undefined;
/** RLIMIT_FSIZE: beyond it write(2) brings SIGXFSZ, which ends the host (setrlimit(2)). Read once. */
export const fileSizeLimit = (): number => {
  if (sizeLimit !== undefined) return sizeLimit;
  sizeLimit = Number.POSITIVE_INFINITY;
  try {
    sizeLimit = Number(/^Max file size\s+(\d+)/m.exec(readFileSync("/proc/self/limits", "latin1"))?.[1] ?? sizeLimit);
  } catch {
    // /proc is masked: no limit is known.
  }
  return sizeLimit;
};

const isSameFile = (stat: Stats, path: string): boolean => {
  try {
    const now = statSync(path);
    return now.ino === stat.ino && now.dev === stat.dev;
  } catch (error) {
    return errorCode(error) !== "ENOENT";
  }
};
