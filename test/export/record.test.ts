import test from "ava";
import { createFrameStore } from "../../src/export/record/frame-store.js";
import { readRecord } from "../../src/export/record/record.js";
import { recordName, surplusOf } from "../../src/export/record/record-folder.js";

test("the last frames are kept as far as the bytes and the time go", (t) => {
  const store = createFrameStore({ bytes: 30, ms: 5000 });
  for (let n = 0; n < 4; n += 1) store.add(n * 1000, `frame ${n} `.padEnd(9, "."));
  t.deepEqual([store.lines(), store.bytes], [["frame 1 .", "frame 2 .", "frame 3 ."], 30]);
  store.add(8500, "ü");
  t.deepEqual([store.lines(), store.bytes], [["ü"], 3]);
  store.add(8600, "x".repeat(100));
  t.deepEqual([store.lines(), store.bytes], [[], 0]);
});

const frame = { v: 1, time: 1, at: 1, source: "process", loops: [], listeners: [], stalls: [], findings: [] };
const header = { v: 1, kind: "sockscope-record", pid: 7 };

test("a record is read back; of a damaged one the readable part, with what is wrong", (t) => {
  const lines = [header, frame, { ...frame, time: 2 }].map((value) => JSON.stringify(value));
  t.deepEqual<unknown, unknown>(readRecord(`${lines.join("\n")}\n`), {
    header,
    frames: [frame, { ...frame, time: 2 }],
    lost: 0,
    problem: undefined,
  });
  t.deepEqual<unknown, unknown>(readRecord(lines.join("\n").slice(0, -5)), {
    header,
    frames: [frame],
    lost: 1,
    problem: "line 3 is no JSON",
  });
  t.deepEqual<unknown, unknown>(readRecord('null\n{"time":1}\n[]\n'), {
    header: undefined,
    frames: [],
    lost: 3,
    problem: "line 1 is neither a header nor a frame",
  });
});

const names = (count: number): string[] =>
  Array.from({ length: count }, (_, n) => recordName(Date.UTC(2026, 10, 23, 1, n), "web 1/x", 7, "accept-wait"));

test("a record's name has the time first, and nothing that a path could mean", (t) => {
  t.deepEqual(names(1), ["sockscope-20261123T010000Z-web_1_x-7-accept-wait.ndjson"]);
});

test("the oldest records go first when there are twenty, or 200 MB; other files are never touched", (t) => {
  const others = ["notes.txt", "sockscope.ndjson", "sockscope-20200101T000000Z.ndjson", ".sockscope-x.tmp"];
  const files = [...names(22).toReversed(), ...others].map((name) => ({ name, bytes: 1000 }));
  t.deepEqual(surplusOf(files, 1000), names(3));
  const MB = 1024 * 1024;
  const large = names(4).map((name) => ({ name, bytes: 60 * MB }));
  t.deepEqual(surplusOf([...large, { name: "other", bytes: 900 * MB }], 16 * MB), names(1));
  t.deepEqual(surplusOf(large.slice(1), 16 * MB), []);
});
