// The flight recorder: keeps the last minutes of frames, and writes them to a file when a finding at warning begins or when
// it is asked to. Runs in the observer thread, which may wait for a disk; the application never does.
import { statSync } from "node:fs";
import { hostname } from "node:os";
import { resolve } from "node:path";
import { errorCode } from "../../errors.js";
import type { Finding } from "../../explain/finding.js";
import type { Frame } from "../../export/frame/frame.js";
import { jsonOf } from "../../export/json.js";
import { createFrameStore } from "../../export/record/frame-store.js";
import type { RecordHeader } from "../../export/record/record.js";
import { openRecordFile, type RecordFile } from "../../export/record/record-file.js";
import { makeFolder, makeRoom, recordName } from "../../export/record/record-folder.js";

export interface RecorderParts {
  /** SOCKSCOPE_RECORD: records of findings go there; `off`: only those that are asked for are written. */
  readonly folder: string;
  readonly header: () => RecordHeader;
  /** Of a record that was begun, and, once, of a disk that takes none. */
  readonly say: (text: string, isProblem: boolean) => void;
}

export interface Recorder {
  /** Once an interval; `json`: the frame as one line. */
  frame(frame: Pick<Frame, "at">, json: () => string): void;
  /** Each finding as it is told. */
  finding(finding: Finding): void;
  /** The last minutes as a record's lines. */
  lines(): readonly string[];
  /** Writes them now, to a file or into a folder; returns the path. Throws why it cannot. */
  write(path: string | undefined): string;
  close(): void;
}

/** What came after the last finding belongs to the story. */
const afterMs = 30_000;
/** One that lasts is told by so much. */
const longestMs = 10 * 60_000;
const largestBytes = 16 * 1024 * 1024;

/** A record that is being written. */
interface Flight {
  readonly file: RecordFile;
  readonly begunAt: number;
  /** When the last finding began or ended. */
  lastAt: number;
}

export const createRecorder = ({ folder, header, say }: RecorderParts): Recorder => {
  const store = createFrameStore();
  /** Ids of those at warning that have not ended. */
  const active = new Set<string>();
  let flight: Flight | undefined;
  let at = 0;
  let failed = false;

  const lines = (): readonly string[] => [jsonOf(header()), ...store.lines()];
  const newFile = (path: string, what: string): RecordFile => {
    const name = recordName(Date.now(), hostname(), process.pid, what);
    return openRecordFile(isFolder(path) ? resolve(path, name) : resolve(path), lines());
  };
  const prepare = (): void => {
    makeFolder(resolve(folder));
    makeRoom(folder, largestBytes);
  };
  /** The disk is full, or may not be written: said once, and tried again at the next finding. */
  const guarded = (write: () => void): void => {
    try {
      write();
    } catch (error) {
      end();
      if (!failed) say(`flight records cannot be written to ${folder}: ${errorCode(error)}`, true);
      failed = true;
    }
  };
  const end = (): void => {
    flight?.file.close();
    flight = undefined;
  };
  const begin = (what: string): void =>
    guarded(() => {
      prepare();
      const file = newFile(folder, what);
      flight = { file, begunAt: at, lastAt: at };
      say(`writes a flight record to ${file.path}`, false);
    });
  const isOver = ({ file, begunAt, lastAt }: Flight): boolean =>
    (active.size === 0 && at - lastAt >= afterMs) || at - begunAt >= longestMs || file.bytes >= largestBytes;

  return {
    frame(frame, json) {
      at = frame.at;
      const line = json();
      store.add(at, line);
      if (flight) guarded(() => flight?.file.append(line));
      if (flight && isOver(flight)) end();
    },
    finding({ id, symptom, severity, state }) {
      const isNew = state === "active" && severity !== "info" && !active.has(id);
      const hasEnded = state === "resolved" && active.delete(id);
      if (isNew) active.add(id);
      if (folder === "off" || !(isNew || hasEnded)) return;
      if (flight) flight.lastAt = at;
      else if (isNew) begin(symptom);
    },
    lines,
    write(path) {
      if (path === undefined && folder !== "off") prepare();
      const file = newFile(path ?? (folder === "off" ? "." : folder), "request");
      file.close();
      say(`wrote a flight record to ${file.path}`, false);
      return file.path;
    },
    close: end,
  };
};

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
