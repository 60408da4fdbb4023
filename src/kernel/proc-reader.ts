// A file of /proc or /sys kept open and read again with pread(2), into one buffer (fs/seq_file.c).
// Opening anew costs 8 µs more, makes the kernel format a long file twice, and fails at EMFILE.
import { closeSync, openSync, readSync } from "node:fs";
import type { KeptReading } from "./proc-root.js";

/** A page and a bit: what seq_file hands out at once for all but the longest files. */
const startBytes = 8192;
/** seq_file ends early only where the next record finds no room in its page: after less than this, one of 3 KiB. */
const surelyWholeBytes = 1024;

/** A file whose content is read into the same memory again and again. */
export interface ByteReader {
  /** The memory, which a longer file replaces. */
  readonly bytes: Buffer;
  /** Reads the file anew; returns its length. `undefined` when it cannot be had (now). Never throws. */
  read(): number | undefined;
  close(): void;
}

/**
 * Opens `path` for periodic reading. An absent or forbidden file is not an error: `read()` gives `undefined` and
 * tries to open it again at the next call. A file whose subject is gone (ESRCH, ENODEV) reads as `undefined`.
 */
export function openBytes(path: string): ByteReader {
  let bytes = Buffer.allocUnsafeSlow(startBytes);
  let fd = tryOpen(path);
  const close = (): void => {
    if (fd === undefined) return;
    closeSync(fd);
    fd = undefined;
  };
  return {
    close,
    get bytes() {
      return bytes;
    },
    read: () => {
      fd ??= tryOpen(path);
      if (fd === undefined) return undefined;
      try {
        // seq_file may return less than asked for in the middle of a long file: only 0 is its end.
        for (let end = 0; ; ) {
          if (end === bytes.length) bytes = Buffer.concat([bytes], bytes.length * 2);
          const part = readSync(fd, bytes, end, bytes.length - end, end);
          end += part;
          if (part === 0 || end < surelyWholeBytes) return end;
        }
      } catch {
        close();
        return undefined;
      }
    },
  };
}

/** The same, as text. */
export function openReader(path: string): KeptReading<string> {
  const reader = openBytes(path);
  return {
    close: reader.close,
    read: () => {
      const size = reader.read();
      return size === undefined ? undefined : reader.bytes.toString("latin1", 0, size);
    },
  };
}

function tryOpen(path: string): number | undefined {
  try {
    return openSync(path, "r");
  } catch {
    return undefined;
  }
}
