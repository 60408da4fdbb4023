import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { readRecord } from "../../src/export/record/record.js";
import { runCli } from "../cli/run-cli.js";
import { register } from "../lab/root.js";
import { packageRoot } from "../package-root.js";
import { hasChromium, openBrowser, seriousFaults } from "../web/browser.js";
import { type Ran, runNode, withProgram } from "./run-node.js";

const index = JSON.stringify(join(packageRoot, "build-test/src/index.js"));
const folder = mkdtempSync(join(tmpdir(), "sockscope-records-"));
test.after.always(() => rmSync(folder, { recursive: true, force: true }));

/** Some quiet intervals, then clients that come while the loop is held; `agent.record()` when the finding knows the code. */
const faulty = `
const { start } = require(${index});
const { spawn } = require("node:child_process");
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const until = async (holds) => { while (!holds()) await wait(20); };
const agent = start({ log: "off", intervalMs: 250 });
const server = require("node:http").createServer();
// Asleep, in slices: it holds the loop also where others have the CPU, and can be asked where it is.
const cell = new Int32Array(new SharedArrayBuffer(4));
function rebuildSearchIndex() { for (const end = Date.now() + 2000; Date.now() < end; ) Atomics.wait(cell, 0, 0, 20); }
server.listen({ port: 0, host: "127.0.0.1", backlog: 4 }, async () => {
  await wait(1500);
  const clients = "const net = require('node:net'); for (let n = 0; n < 30; n++) net.connect(" + server.address().port + ", '127.0.0.1').on('error', () => {}); setTimeout(() => process.exit(), 4000)";
  server.once("connection", rebuildSearchIndex);
  const child = spawn(process.execPath, ["-e", clients], { stdio: "ignore" });
  await until(() => agent.findings().some(({ stack }) => stack));
  await wait(500);
  const path = await agent.record(${JSON.stringify(join(folder, "asked.ndjson"))});
  const refused = await agent.record("/nonexistent/x.ndjson").catch(({ message }) => message);
  child.kill();
  console.log(JSON.stringify({ path, refused, port: server.address().port }));
  process.exit();
});`;

let faulted: Promise<Ran> | undefined;
const runFaulty = (): Promise<Ran> =>
  (faulted ??= withProgram("app.cjs", faulty, (file) => runNode([file], { SOCKSCOPE_RECORD: join(folder, "dir") })));

test.serial("a fault writes a record with what came before it: the queue at rest, the drops, the stall", async (t) => {
  const { port } = JSON.parse((await runFaulty()).stdout) as { port: number };
  const names = readdirSync(join(folder, "dir"));
  t.is(names.length, 1);
  t.regex(names[0]!, /-(accept|syn)-queue-overflow\.ndjson$/);
  const file = join(folder, "dir", names[0]!);
  t.is(statSync(file).mode & 0o777, 0o600);
  const { header, frames, lost } = readRecord(readFileSync(file, "utf8"));
  t.like(header, { v: 1, kind: "sockscope-record", node: process.version, sysctl: { "net.ipv4.tcp_syncookies": "1" } });
  t.is(lost, 0);
  const found = frames.find(({ findings }) => findings.some(({ symptom }) => symptom === "accept-queue-overflow"))!;
  const at = frames.indexOf(found);
  t.true(at >= 4, "frames of before");
  t.deepEqual(new Set(frames.slice(0, 4).flatMap(({ findings }) => findings)), new Set());
  const listener = (n: number) => frames[n]!.listeners.find((row) => row.port === port)!;
  t.like(listener(0), { length: 0, limit: 4 });
  const dropped = frames.reduce((sum, _, n) => sum + (listener(n).dropped ?? 0), 0);
  t.true(dropped > 5, `${dropped} segments dropped`);
  const depths = frames.flatMap((_, n) => listener(n).points.map(([, length]) => length));
  t.is(Math.max(...depths), 5);
  const stalls = frames.flatMap((frame) => frame.stalls.flatMap((stall) => stall.frames));
  t.true(
    stalls.some((line) => line.startsWith("rebuildSearchIndex ")),
    stalls.join(),
  );
});

test.serial(
  "agent.record() writes what is kept to the path and resolves with it; what cannot be written is told",
  async (t) => {
    const { path, refused } = JSON.parse((await runFaulty()).stdout) as { path: string; refused: string };
    t.is(path, join(folder, "asked.ndjson"));
    t.true(readRecord(readFileSync(path, "utf8")).frames.length > 6);
    t.is(refused, "no flight record: ENOENT: no such file or directory, open '/nonexistent/.x.ndjson.tmp'");
  },
);

const inChromium = hasChromium || process.env.SOCKSCOPE_REQUIRE_ALL === "1" ? test.serial : test.serial.skip;

inChromium(
  "the report opens from disk: no error, no request, the function's name, no grave fault of access",
  async (t) => {
    t.timeout(60_000);
    const { path } = JSON.parse((await runFaulty()).stdout) as { path: string };
    const html = join(folder, "report.html");
    t.like(await runCli("report", path, "-o", html), { status: 0, stdout: `${html}\n`, stderr: "" });
    const { page, errors, requests, close } = await openBrowser();
    t.teardown(close);
    await page.goto(`file://${html}`);
    t.regex(
      (await page.textContent("h1")) ?? "",
      /^Connection attempts were dropped at 127\.0\.0\.1:\d+: the accept queue was full$/,
    );
    t.regex((await page.textContent(".story")) ?? "", /rebuildSearchIndex/);
    t.regex((await page.textContent(".findings")) ?? "", /accept-queue-overflow because event-loop-blocked/);
    await page.locator(".chart canvas").nth(3).waitFor();
    t.deepEqual(await seriousFaults(page), []);
    for (const width of [1200, 390]) {
      await page.setViewportSize({ width, height: 844 });
      t.true(await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), `${width} wide`);
    }
    t.deepEqual([errors, requests], [[], [`file://${html}`]]);
  },
);

/** Signals itself once it is watched; ends by itself, so a listener that held it would show. */
const signalled = (before: string): string => `
${before}
const { start } = require(${index});
const agent = start({ log: "off", intervalMs: 50 });
const begun = setInterval(() => {
  if (!agent.snapshot()) return;
  clearInterval(begun);
  if (process.env.LATER) process.on("SIGUSR2", () => console.log("mine"));
  process.kill(process.pid, "SIGUSR2");
  setTimeout(() => console.log("alive"), 400);
}, 20);`;

const signals: readonly (readonly [string, string, object, object, number])[] = [
  ["writes a record where SOCKSCOPE_RECORD is set", "", { dir: true }, { code: 0, stdout: "alive\n" }, 1],
  ["ends a process as ever where it is not set", "", {}, { code: null, signal: "SIGUSR2" }, 0],
  [
    "is the application's where that listens already",
    'process.on("SIGUSR2", () => console.log("mine"));',
    { dir: true },
    { code: 0, stdout: "mine\nalive\n" },
    0,
  ],
  [
    "is the application's where that listens later",
    "",
    { dir: true, later: true },
    { code: 0, stdout: "mine\nalive\n" },
    0,
  ],
];

for (const [n, [what, before, how, expected, records]] of signals.entries())
  test.serial(`SIGUSR2 ${what}`, (t) =>
    withProgram("app.cjs", signalled(before), async (file) => {
      const dir = join(folder, `signal-${n}`);
      const ran = await runNode([file], {
        SOCKSCOPE_RECORD: "dir" in how ? dir : undefined,
        LATER: "later" in how ? "1" : undefined,
      });
      t.like(ran, expected);
      t.is(existsSync(dir) ? readdirSync(dir).length : 0, records);
    }),
  );

test.serial("a folder that cannot be made is said, and the application goes on", (t) =>
  withProgram(
    "app.cjs",
    `setTimeout(() => process.kill(process.pid, "SIGUSR2"), 500); setTimeout(() => console.log("alive"), 1000);`,
    async (file) => {
      const ran = await runNode(["-r", register, file], { SOCKSCOPE_RECORD: "/proc/none" });
      t.like(ran, { code: 0, stdout: "alive\n" });
      t.regex(ran.stderr, /^sockscope: no flight record: ENOENT: .*\n$/);
    },
  ),
);
