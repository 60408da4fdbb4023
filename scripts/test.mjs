// Runs the tests: most in parallel, then those whose timings and netns-wide counters others would disturb, one file at a
// time. Closes with the plain line `N passed, N failed, N skipped`.
// `npm test -- PATTERN…` runs only the files whose path contains one of the patterns; `--times` says at the end which
// took longest, as CI always does.
import { spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { areTestsStale, root } from "./stale.mjs";

const isBuilt = existsSync(join(root, "build-test/test"));
if (areTestsStale()) {
  const what = isBuilt ? "src/ or test/ is newer than what is tested" : "nothing is built that could be tested";
  console.error(`${what}: node scripts/build.mjs --tests`);
}
if (!isBuilt) process.exit(1);
const patterns = process.argv.slice(2).filter((argument) => !argument.startsWith("-"));
const all = readdirSync(join(root, "build-test/test"), { recursive: true })
  .map((file) => join("build-test/test", file))
  .filter(
    (file) =>
      file.endsWith(".test.js") && (patterns.length === 0 || patterns.some((pattern) => file.includes(pattern))),
  );
const alone = (file) => /test\/(live|examples\/(examples|fleet-live))/.test(file);

const totals = { passed: 0, failed: 0, skipped: 0 };

/** File → seconds from line to line: exact where one file runs at a time, the share of each where two do. */
const seconds = new Map();
let lastLineMs = performance.now();
const clock = (title) => {
  const file = title.split(" › ").slice(0, -1).join("/");
  seconds.set(file, (seconds.get(file) ?? 0) + (performance.now() - lastLineMs) / 1000);
  lastLineMs = performance.now();
};

const count = (line) => {
  const match = /^(not ok|ok) \d+ - (.*)$/.exec(line);
  if (!match) return;
  const [, verdict, title] = match;
  clock(title);
  const skip = /# (SKIP|TODO)/i.test(title);
  if (skip) totals.skipped += 1;
  else if (verdict === "ok") totals.passed += 1;
  else totals.failed += 1;
  if (verdict !== "ok" || skip) console.log(line);
  else if (process.env.CI || process.stdout.isTTY) console.log(`ok - ${title}`);
};

const runAva = (files, concurrency) =>
  new Promise((done) => {
    if (files.length === 0) return done(0);
    const args = [
      join(root, "node_modules/ava/entrypoints/cli.mjs"),
      "--tap",
      `--concurrency=${concurrency}`,
      ...files,
    ];
    const child = spawn(process.execPath, args, { cwd: root, stdio: ["ignore", "pipe", "inherit"] });
    let verbatim = false;
    createInterface({ input: child.stdout }).on("line", (line) => {
      count(line);
      if (line.startsWith("not ok")) verbatim = true;
      else if (line.startsWith("ok") || line.startsWith("1..")) verbatim = false;
      else if (verbatim || line.startsWith("#")) console.log(line);
    });
    child.on("close", (code, signal) => done(code ?? (signal ? 1 : 0)));
  });

const codes = [
  await runAva(
    all.filter((file) => !alone(file)),
    2,
  ),
  await runAva(all.filter(alone), 1),
];
if (process.argv.includes("--times") || process.env.CI)
  for (const [file, spent] of [...seconds].sort(([, one], [, other]) => other - one).slice(0, 30))
    console.log(`${spent.toFixed(1).padStart(7)} s  ${file}`);
const strict = process.env.SOCKSCOPE_REQUIRE_ALL === "1" && totals.skipped > 0;
if (strict) console.log("SOCKSCOPE_REQUIRE_ALL=1: a skipped test counts as a failure");
const ran = totals.passed + totals.failed;
if (ran === 0) console.log("no test was executed");
console.log(`${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`);
process.exitCode = codes.some((code) => code !== 0) || totals.failed > 0 || strict || ran === 0 ? 1 : 0;
