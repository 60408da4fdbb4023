// Writes a record: complete under a temporary name first, then under its own (rename(2)), then it grows line by line, so
// that a process that is killed leaves a record behind that can be read. Synchronous: only for threads that may wait.
import { closeSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { errorCode } from "../../errors.js";
import { fileSizeLimit } from "../destination.js";

export interface RecordFile {
  readonly path: string;
  readonly bytes: number;
  /** Throws what write(2) says. */
  append(line: string): void;
  close(): void;
}

const ownerOnly = 0o600;

/** Throws an error whose `code` and message say why. `wx`: no file or link that others put there is followed. */
export const openRecordFile = (path: string, lines: readonly string[]): RecordFile => {
  const temporary = join(dirname(path), `.${basename(path)}.tmp`);
  const fd = openFresh(temporary);
  let bytes = 0;
  const write = (text: string): void => {
    const buffer = Buffer.from(text);
    // Beyond RLIMIT_FSIZE a write would end the process (SIGXFSZ).
    if (bytes + buffer.length > fileSizeLimit())
      throw Object.assign(new Error("EFBIG: file size limit"), { code: "EFBIG" });
    for (let done = 0; done < buffer.length; ) done += writeSync(fd, buffer, done);
    bytes += buffer.length;
  };
  try {
    write(lines.map((line) => `${line}\n`).join(""));
    renameSync(temporary, path);
  } catch (error) {
    closeSync(fd);
    rmSync(temporary, { force: true });
    throw error;
  }
  let open = true;
  return {
    path,
    get bytes(): number {
      return bytes;
    },
    append: (line) => write(`${line}\n`),
    close: () => {
      if (open) closeSync(fd);
      open = false;
    },
  };
};

const openFresh = (path: string): number => {
  try {
    return openSync(path, "wx", ownerOnly);
  } catch (error) {
    if (errorCode(error) !== "EEXIST") throw error;
    // Left behind by a process that was killed while it wrote.
    rmSync(path, { force: true });
    return openSync(path, "wx", ownerOnly);
  }
};
