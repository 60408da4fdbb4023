import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { createRecorder, type Recorder } from "../../src/agent/recorder/recorder.js";
import type { Finding } from "../../src/explain/finding.js";
import { readRecord, type RecordHeader } from "../../src/export/record/record.js";

const header = { v: 1, kind: "sockscope-record", pid: 7 } as unknown as RecordHeader;
const finding: Finding = {
  id: "a",
  symptom: "accept-queue-overflow",
  cause: "event-loop-blocked",
  severity: "warning",
  confidence: 0.9,
  state: "active",
  subject: { kind: "listener", port: 3000 },
  summary: "",
  evidence: [],
  ruledOut: [],
  remedy: [],
  firstSeen: 1,
  lastSeen: 2,
};
const frameAt = (second: number): string =>
  JSON.stringify({ v: 1, time: second * 1000, at: second * 1000, loops: [], listeners: [], stalls: [], findings: [] });
/** Frames of these seconds. */
const pass = (recorder: Recorder, from: number, to: number): void => {
  for (let second = from; second <= to; second += 1) recorder.frame({ at: second * 1000 }, () => frameAt(second));
};
const seconds = (file: string): readonly number[] =>
  readRecord(readFileSync(file, "utf8")).frames.map(({ at }) => at / 1000);

const inFolder = (use: (folder: string, said: string[], recorder: Recorder) => void): void => {
  const base = mkdtempSync(join(tmpdir(), "sockscope-recorder-"));
  const said: string[] = [];
  const folder = join(base, "records");
  const recorder = createRecorder({ folder, header: () => header, say: (text) => void said.push(text) });
  try {
    use(folder, said, recorder);
  } finally {
    recorder.close();
    rmSync(base, { recursive: true, force: true });
  }
};

test("a record has what came before the finding, goes on for half a minute after its end, and closes", (t) =>
  inFolder((folder, said, recorder) => {
    pass(recorder, 1, 5);
    recorder.finding(finding);
    const [name = ""] = readdirSync(folder);
    const file = join(folder, name);
    t.regex(name, /^sockscope-\d{8}T\d{6}Z-.*-accept-queue-overflow\.ndjson$/);
    t.deepEqual(seconds(file), [1, 2, 3, 4, 5]);
    t.is(statSync(file).mode & 0o777, 0o600);
    pass(recorder, 6, 8);
    recorder.finding({ ...finding, state: "resolved" });
    pass(recorder, 9, 60);
    t.deepEqual(
      seconds(file),
      Array.from({ length: 38 }, (_, n) => n + 1),
    );
    t.deepEqual(said, [`writes a flight record to ${file}`]);
  }));

test("findings of one time are one record; one at info is none; the next one later is the next record", (t) =>
  inFolder((folder, _said, recorder) => {
    pass(recorder, 1, 2);
    recorder.finding({ ...finding, id: "i", severity: "info" });
    t.throws(() => readdirSync(folder), { code: "ENOENT" });
    recorder.finding(finding);
    recorder.finding({ ...finding, summary: "changed" });
    recorder.finding({ ...finding, id: "b", symptom: "write-stalled" });
    recorder.finding({ ...finding, state: "resolved" });
    recorder.finding({ ...finding, id: "b", symptom: "write-stalled", state: "resolved" });
    pass(recorder, 3, 40);
    recorder.finding({ ...finding, id: "c", symptom: "read-stalled" });
    t.deepEqual(
      readdirSync(folder).map((name) => /\d-([a-z-]+)\.ndjson$/.exec(name)?.[1]),
      ["accept-queue-overflow", "read-stalled"],
    );
  }));

test("a finding that rises to warning begins a record then", (t) =>
  inFolder((folder, _said, recorder) => {
    recorder.finding({ ...finding, severity: "info" });
    recorder.finding(finding);
    t.is(readdirSync(folder).length, 1);
  }));

test("a finding that never ends is told by ten minutes", (t) =>
  inFolder((folder, _said, recorder) => {
    recorder.finding(finding);
    pass(recorder, 0, 900);
    t.is(seconds(join(folder, readdirSync(folder)[0]!)).at(-1), 600);
  }));

test("a record that is asked for goes to a file, a folder, or the records' folder", (t) =>
  inFolder((folder, said, recorder) => {
    pass(recorder, 1, 3);
    const own = recorder.write(undefined);
    const other = join(folder, "mine.txt");
    writeFileSync(other, "old");
    t.is(recorder.write(other), other);
    t.deepEqual(
      [seconds(own), seconds(other)],
      [
        [1, 2, 3],
        [1, 2, 3],
      ],
    );
    t.regex(recorder.write(folder), /-request\.ndjson$/);
    t.regex(said[0]!, /^wrote a flight record to .*-request\.ndjson$/);
    t.throws(() => recorder.write(join(folder, "none", "x.ndjson")), { code: "ENOENT" });
  }));

test("a folder that takes nothing is said once and is tried again at the next finding", (t) => {
  const base = mkdtempSync(join(tmpdir(), "sockscope-recorder-"));
  const folder = join(base, "file");
  writeFileSync(folder, "no folder");
  chmodSync(folder, 0o600);
  const said: string[] = [];
  const recorder = createRecorder({ folder, header: () => header, say: (text) => void said.push(text) });
  recorder.finding(finding);
  recorder.finding({ ...finding, id: "b" });
  t.deepEqual(said, [`flight records cannot be written to ${folder}: ENOTDIR`]);
  rmSync(folder);
  recorder.finding({ ...finding, id: "c" });
  t.is(readdirSync(folder).length, 1);
  recorder.close();
  rmSync(base, { recursive: true });
});
