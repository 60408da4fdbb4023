// A file of /proc or /sys kept open and read again with pread(2), into one buffer (fs/seq_file.c).
// Opening anew costs 8 µs more, makes the kernel format a long file twice, and fails at EMFILE.
import { closeSync, existsSync, openSync, readSync } from "node:fs";
import type { KeptReading } from "./proc-root.js";
import type { ReadAhead } from "./read-ahead.js";

/** A page and a bit: what seq_file hands out at once for all but the longest files. */
const startBytes = 8192;
/** seq_file ends early only where the next record finds no room in its page: after less than this, one of 3 KiB. */
const surelyWholeBytes = 1024;

/** A file whose content is read into the same memory again and again. */
export interface ByteReader {
  /** The memory, which a longer file, or another way of reading, replaces. */
  readonly bytes: Buffer;
  /** As it was: the bytes are those of the reading before. */
  readonly version: number;
  /** Reads the file anew; returns its length. `undefined` when it cannot be had (now). Never throws. */
  read(): number | undefined;
  close(): void;
}

/**
 * Opens `path` for periodic reading. An absent or forbidden file is not an error: `read()` gives `undefined` and
 * tries to open it again at the next call. A file whose subject is gone (ESRCH, ENODEV) reads as `undefined`.
 * `ahead`: others that are read with it.
 */
export function openBytes(path: string, ahead?: ReadAhead): ByteReader {
  let own: Buffer = Buffer.alloc(0);
  let bytes = own;
  let fd = tryOpen(path);
  let version = 0;
  /** Counts down, as those of what is read ahead count up. */
  let ownVersion = 0;
  const file = ahead?.add(path);
  const close = (): void => {
    if (file) file.fd = -1;
    if (fd !== undefined) closeSync(fd);
    fd = undefined;
  };
  const readOwn = (from: number): number => {
    if (own.length === 0) own = Buffer.allocUnsafeSlow(startBytes);
    // seq_file may return less than asked for in the middle of a long file: only 0 is its end.
    for (let end = 0; ; ) {
      if (end === own.length) own = Buffer.concat([own], own.length * 2);
      const part = readSync(from, own, end, own.length - end, end);
      end += part;
      if (part === 0 || end < surelyWholeBytes) return end;
    }
  };
  /** `undefined`: nothing that would do. */
  const takeAhead = (): number | undefined => {
    if (!file) return undefined;
    file.isWanted = true;
    const size = file.found;
    if (size === undefined || size < 0) return undefined;
    ({ bytes, version } = file);
    return size;
  };
  const makeRoom = (size: number): void => {
    if (file && size >= file.room) file.room = size + (size >> 2);
  };
  if (file && fd !== undefined) file.fd = fd;

  return {
    close() {
      close();
      if (file) ahead?.remove(file);
    },
    get bytes() {
      return bytes;
    },
    get version() {
      return version;
    },
    read() {
      const found = takeAhead();
      if (found !== undefined) return found;
      fd ??= tryOpen(path);
      if (fd === undefined) return undefined;
      if (file) file.fd = fd;
      try {
        const size = readOwn(fd);
        makeRoom(size);
        bytes = own;
        ownVersion -= 1;
        version = ownVersion;
        return size;
      } catch {
        close();
        return undefined;
      }
    },
  };
}

/** The same, as `decode` understands its bytes: asked again only where they may be others. */
export function openDecoded<T>(
  path: string,
  decode: (bytes: Buffer, size: number) => T | undefined,
  ahead?: ReadAhead,
): KeptReading<T> {
  const reader = openBytes(path, ahead);
  let decoded: T | undefined;
  let version: number | undefined;
  return {
    close: reader.close,
    read: () => {
      const size = reader.read();
      if (size === undefined) return undefined;
      if (reader.version !== version) decoded = decode(reader.bytes, size);
      ({ version } = reader);
      return decoded;
    },
  };
}

/** The same, as text; the very same text where it was read ahead and has not changed. */
export const openReader = (path: string, ahead?: ReadAhead): KeptReading<string> =>
  openDecoded(path, (bytes, size) => bytes.toString("latin1", 0, size), ahead);

/** The same, as `parse` understands it: asked again only where the text is another. */
export function openParsed<T>(path: string, parse: (text: string) => T | undefined, ahead?: ReadAhead): KeptReading<T> {
  const reader = openReader(path, ahead);
  let last: string | undefined;
  let parsed: T | undefined;
  return {
    close: reader.close,
    read: () => {
      const text = reader.read();
      if (text !== undefined && text !== last) parsed = parse(text);
      last = text;
      return text === undefined ? undefined : parsed;
    },
  };
}

/** Looked for first: an exception costs more than a look. Under the permission model of Node 20 that throws, too. */
function tryOpen(path: string): number | undefined {
  try {
    return existsSync(path) ? openSync(path, "r") : undefined;
  } catch {
    return undefined;
  }
}
