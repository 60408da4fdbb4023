// The folder of SOCKSCOPE_RECORD: what records are called there, and which of them go when there are too many. Several
// processes may share it; only files of this name pattern are ever removed.
import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";

export interface RecordFile {
  readonly name: string;
  readonly bytes: number;
}

const mostFiles = 20;
const mostBytes = 200 * 1024 * 1024;

const pattern = /^sockscope-\d{8}T\d{6}Z-[\w.-]+-\d+-[a-z0-9-]+\.ndjson$/;
const unfinished = /^\.sockscope-\d{8}T\d{6}Z-[\w.-]+\.tmp$/;
/** What was being written for so long belongs to nobody any more. */
const unfinishedMs = 60 * 60_000;

/** `sockscope-20261123T013000Z-web-1-4711-accept-queue-overflow.ndjson`: by name they are in the order of time. */
export const recordName = (time: number, hostname: string, pid: number, what: string): string => {
  const stamp = new Date(time).toISOString().replace(/\.\d+/, "").replace(/[-:]/g, "");
  const host = hostname.replace(/[^\w.-]/g, "_").slice(0, 64) || "host";
  return `sockscope-${stamp}-${host}-${pid}-${what}.ndjson`;
};

/** The names of those that have to go, oldest first, so that `room` bytes and one more file fit. Pure. */
export const surplusOf = (files: readonly RecordFile[], room: number): readonly string[] => {
  const ours = files.filter(({ name }) => pattern.test(name)).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  let bytes = ours.reduce((sum, file) => sum + file.bytes, room);
  let count = ours.length + 1;
  const surplus: string[] = [];
  for (const file of ours) {
    if (count <= mostFiles && bytes <= mostBytes) break;
    surplus.push(file.name);
    bytes -= file.bytes;
    count -= 1;
  }
  return surplus;
};

/** With its parents. Node's own `recursive` never comes back where a file system refuses by ENOENT, as /proc does. */
export const makeFolder = (folder: string): void => {
  if (existsSync(folder)) return;
  if (dirname(folder) !== folder) makeFolder(dirname(folder));
  mkdirSync(folder, { mode: 0o700 });
};

/** Removes what is too much; what cannot be looked at or removed stays. */
export const makeRoom = (folder: string, room: number): void => {
  const names = readdirSync(folder);
  for (const name of surplusOf(
    names.flatMap((one) => sized(folder, one)),
    room,
  ))
    rmSync(join(folder, name), { force: true });
  for (const name of names)
    if (unfinished.test(name) && ageMs(join(folder, name)) > unfinishedMs) rmSync(join(folder, name), { force: true });
};

const sized = (folder: string, name: string): readonly RecordFile[] => {
  const stat = pattern.test(name) ? statSync(join(folder, name), { throwIfNoEntry: false }) : undefined;
  return stat?.isFile() ? [{ name, bytes: stat.size }] : [];
};

const ageMs = (path: string): number => Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
