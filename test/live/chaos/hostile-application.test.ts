// An application that does to Node, to its streams or to its limits what nobody expects: it prints what it prints and ends as
// it ends without the agent.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { closeSync, constants, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { register } from "../../lab/root.js";
import { index, runAlone, runApp, runStarting } from "./chaos-app.js";

const quiet = { SOCKSCOPE_LOG: "off" };

/** Serves one request and ends. `before`: when the agent runs, before anything listens. */
const serving = (before: string): string => `
const http = require("node:http");
${before};
const server = http.createServer((_, response) => response.end("x")).listen(0, "127.0.0.1", () => {
  http.get({ host: "127.0.0.1", port: server.address().port, agent: false }, (response) => {
    response.resume().on("end", () => { console.log("served"); server.close(); });
  });
});`;

const doings: readonly (readonly [what: string, before: string])[] = [
  ["takes Atomics away", "globalThis.Atomics = {}"],
  [
    "replaces Reflect's functions",
    "Reflect.get = Reflect.apply = Reflect.defineProperty = () => { throw new Error('not yours') }",
  ],
  [
    "computes its servers' limits, and fails for others",
    `Object.defineProperty(http.Server.prototype, "maxConnections", {
       get() { if (new Error().stack.includes("server-")) throw new Error("not yours"); }, set() {} })`,
  ],
];
for (const [what, before] of doings)
  test(`an application that ${what} is served as without the agent`, async (t) => {
    const [alone, ran] = await Promise.all([runAlone(serving(before)), runApp(serving(before), quiet)]);
    t.like(ran, { code: 0, stdout: "served\n", stderr: "" });
    t.like(alone, { code: ran.code, stdout: ran.stdout, stderr: ran.stderr });
  });

test("start() does not throw where Reflect.get has been replaced", async (t) => {
  const program = `const { start } = require(${index}); Reflect.get = () => { throw new Error("not yours") };
    start(); setTimeout(() => process.exit(5), 100)`;
  t.like(await runStarting(program, quiet), { code: 5 });
});

const stopping: readonly (readonly [what: string, before: string])[] = [
  [
    "net.Server is frozen",
    "const net = require('node:net'); Object.freeze(net.Server); Object.freeze(net.Server.prototype)",
  ],
  ["every object has a property `get`", "Object.prototype.get = () => undefined"],
];
for (const [what, before] of stopping)
  test(`stop() does not reject where ${what} since the start`, async (t) => {
    const program = `const agent = require(${index}).start(); ${before}; agent.stop().then(() => console.log("stopped"))`;
    t.like(await runStarting(program, quiet), { code: 0, stdout: "stopped\n", stderr: "" });
  });

test("an observer that dies among timers without unref(), as a browser's are, ends nobody", async (t) => {
  const program = `
    const { setTimeout: later } = require("node:timers");
    require(${index}).start();
    globalThis.setTimeout = () => 1;
    later(() => observers[0].terminate(), 200);
    later(() => console.log(observers.length), 2500);`;
  t.like(await runStarting(program, quiet), { code: 0, stdout: "2\n", stderr: "" });
});

/** The code of an application whose stderr nobody has any more. */
const withoutStderr = async (
  flags: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<number | null> => {
  const program = "setTimeout(() => process.exit(5), 600)";
  const child = spawn(process.execPath, [...flags, "-r", register, "-e", program], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "ignore", "pipe"],
  });
  child.stderr?.destroy();
  const [code] = await once(child, "close");
  return code;
};

test("what the agent has to say where stderr's reader has gone ends nobody", async (t) => {
  t.is(await withoutStderr([], { SOCKSCOPE_INTERVAL_MS: "often" }), 5);
  t.is(await withoutStderr(["--no-addons"], {}), 5);
});

test("what the agent has to say where stderr is full keeps nobody alive", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "sockscope-full-"));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const fifo = join(folder, "stderr");
  t.is(spawnSync("mkfifo", [fifo]).status, 0);
  const full = openSync(fifo, constants.O_RDWR | constants.O_NONBLOCK);
  t.teardown(() => closeSync(full));
  t.throws(() => Array.from({ length: 1 << 20 }, () => writeSync(full, "x".repeat(4096))), { code: "EAGAIN" });
  const child = spawn(process.execPath, ["-r", register, "-e", "setTimeout(() => {}, 300)"], {
    env: { ...process.env, SOCKSCOPE_INTERVAL_MS: "often" },
    stdio: ["ignore", "ignore", full],
    timeout: 10_000,
  });
  t.deepEqual(await once(child, "close"), [0, null]);
});

test("what the agent says does not depend on what the application made of process.stderr", async (t) => {
  const program = `
    process.stderr.write = () => { throw new Error("not yours") };
    require(${index}).start({ intervalMs: "often" });
    setTimeout(() => process.exit(5), 100)`;
  const { code, stderr } = await runStarting(program, quiet);
  t.is(code, 5);
  t.regex(stderr, /^sockscope: option intervalMs is "often"/);
});
