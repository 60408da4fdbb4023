import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { dataOf } from "../../src/cli/record/report-file.js";
import { readRecord } from "../../src/export/record/record.js";
import { packageRoot } from "../package-root.js";
import { runCli } from "./run-cli.js";

const folder = mkdtempSync(join(tmpdir(), "sockscope-report-"));
test.after.always(() => rmSync(folder, { recursive: true, force: true }));
const inFolder = (name: string, text: string): string => {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
};
const frames = JSON.parse(readFileSync(join(packageRoot, "test/export/fixtures/frames.json"), "utf8")) as unknown[];
const lines = [{ v: 1, kind: "sockscope-record", pid: 7 }, ...frames].map((value) => JSON.stringify(value)).join("\n");

test("report makes one file of a record, which only its owner may read", async (t) => {
  const [file, output] = [inFolder("whole.ndjson", lines), join(folder, "whole.html")];
  t.like(await runCli("report", file, "-o", output), { status: 0, stdout: `${output}\n`, stderr: "" });
  const html = readFileSync(output, "utf8");
  const data = /<script type="application\/json" id="record">(.*?)<\/script>/.exec(html)?.[1];
  t.deepEqual(JSON.parse(data ?? "") as unknown, JSON.parse(JSON.stringify(readRecord(lines))));
  t.is(statSync(output).mode & 0o777, 0o600);
});

test("what a record quotes can never become markup", (t) => {
  const problem = "</script><img src=x onerror=alert(1)><!--<script>";
  const data = dataOf({ frames: [], lost: 1, problem });
  t.false(data.includes("<"));
  t.deepEqual(JSON.parse(data), { frames: [], lost: 1, problem });
});

test("of a truncated record the readable part is used, and one line says what was lost", async (t) => {
  const [file, output] = [inFolder("cut.ndjson", lines.slice(0, -100)), join(folder, "cut.html")];
  t.like(await runCli("report", file, "-o", output), {
    status: 0,
    stderr: `${file} is damaged: 1 line of 31 lost (line 31 is no JSON); the rest is used\n`,
  });
});

const refusals: readonly (readonly [string, readonly string[], string])[] = [
  ["no output", ["report", "x.ndjson"], "-o is missing: where to write, FILE.html"],
  ["no record", ["report", "/nonexistent", "-o", "x.html"], "/nonexistent cannot be read (ENOENT)"],
  ["another kind of output", ["report", "x", "-o", "x.pdf"], '-o: "x.pdf" is not accepted; FILE.html is'],
  ["no folder for it", ["record", "-o", "/nonexistent/x.html"], "-o: there is no folder /nonexistent"],
  ["an unknown kind of file", ["record", "-o", "x.txt"], '-o: "x.txt" is not accepted; FILE.html or FILE.ndjson is'],
];
for (const [what, args, reason] of refusals)
  test(`${args[0]} with ${what} says so in one line`, async (t) => {
    t.like(await runCli(...args), { status: 2, stdout: "", stderr: `sockscope ${args[0]}: ${reason}\n` });
  });

test("what is no record is named as such, and nothing is written", async (t) => {
  const file = inFolder("other.txt", "hello\n");
  t.like(await runCli("report", file, "-o", join(folder, "none.html")), {
    status: 2,
    stderr: `sockscope report: ${file} is no flight record: line 1 is no JSON\n`,
  });
});
