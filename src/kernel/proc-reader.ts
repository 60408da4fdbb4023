// A file of /proc or /sys kept open and read again with pread(2), into one buffer (fs/seq_file.c).
// Opening anew costs 8 µs more, makes the kernel format a long file twice, and fails at EMFILE.
import { closeSync, openSync, readSync } from "node:fs";
import type { KeptReading } from "./proc-root.js";

/** A page and a bit: what seq_file hands out at once for all but the longest files. */
const startBytes = 8192;
/** seq_file ends early only where the next record finds no room in its page: after less than this, one of 3 KiB. */
const surelyWholeBytes = 1024;

/**
 * Opens `path` for periodic reading. An absent or forbidden file is not an error: `read()` gives `undefined` and
 * tries to open it again at the next call. A file whose subject is gone (ESRCH, ENODEV) reads as `undefined`.
 */
export function openReader(path: string): KeptReading<string> {
  let buffer = Buffer.allocUnsafeSlow(startBytes);
  let fd = tryOpen(path);
  const close = (): void => {
    if (fd === undefined) return;
    closeSync(fd);
    fd = undefined;
  };
  return {
    close,
    read: () => {
      fd ??= tryOpen(path);
      if (fd === undefined) return undefined;
      try {
        let end = 0;
        // seq_file may return less than asked for in the middle of a long file: only 0 is its end.
        for (;;) {
          if (end === buffer.length) buffer = Buffer.concat([buffer], buffer.length * 2);
          const bytes = readSync(fd, buffer, end, buffer.length - end, end);
          end += bytes;
          if (bytes === 0 || end < surelyWholeBytes) return buffer.toString("latin1", 0, end);
        }
      } catch {
        close();
        return undefined;
      }
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
