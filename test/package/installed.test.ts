// The packed tarball in an empty folder, no compiler in reach: on this Node, which scripts/test-nodes.mjs makes every Node.
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { emptyProject, install, npmVersion, pack } from "./packed.js";

const folder = emptyProject();
/** Runs the installed package with nothing but Node in reach. */
const node = (...args: string[]): string =>
  execFileSync(process.execPath, args, {
    cwd: folder,
    encoding: "utf8",
    env: { PATH: "/nonexistent" },
    timeout: 30_000,
  });

let tarball = "";
test.before(async (t) => {
  t.timeout(300_000);
  tarball = await pack(folder);
  t.deepEqual(await install(folder, tarball, "--ignore-scripts"), { status: 0, warnings: [] });
});
test.after.always(() => rmSync(folder, { recursive: true, force: true }));

test("npm installs the tarball with scripts allowed as without them, and warns of nothing", async (t) => {
  t.timeout(120_000);
  const other = emptyProject();
  t.teardown(() => rmSync(other, { recursive: true, force: true }));
  t.log(`npm ${npmVersion().trim()}, Node ${process.version}`);
  t.deepEqual(await install(other, tarball), { status: 0, warnings: [] });
});

test("the installed package loads its addon by require and by import, as one instance", (t) => {
  const script = `
    const required = require("sockscope");
    import("sockscope").then((imported) => {
      const { addon } = required.support();
      console.log(JSON.stringify({ same: imported.start === required.start, addon }));
    });`;
  t.deepEqual(JSON.parse(node("-e", script)), { same: true, addon: true });
});

const entries = [
  "sockscope",
  "sockscope/kernel",
  "sockscope/model",
  "sockscope/prometheus",
  "sockscope/opentelemetry",
  "sockscope/register",
  "sockscope/package.json",
];

test("every entry point of the package can be required", (t) => {
  const script = `for (const entry of ${JSON.stringify(entries)}) require(entry); console.log("all"); process.exit(0)`;
  t.is(node("-e", script).trim(), "all");
});

test("a program that preloads the installed package runs and exits with its own code", (t) => {
  const script = 'console.log("application"); process.exitCode = 0';
  t.is(node("--import", "sockscope/register", "-e", script).trim(), "application");
});

test("the command line of the installed package answers --help", (t) => {
  t.regex(node("node_modules/sockscope/dist/cli/main.js", "--help"), /diagnose/);
});

// Clients come while the loop is blocked: five fit (the backlog of 4, and one), the others' SYNs are dropped.
const overflow = `
const { start } = require("sockscope");
const { spawn } = require("node:child_process");
const agent = start({ log: "off" });
const server = require("node:net").createServer().listen({ port: 0, host: "127.0.0.1", backlog: 4 });
const connect = (port) => {
  for (let count = 0; count < 20; count++) require("node:net").connect(port, "127.0.0.1").on("error", () => undefined);
};
let clients;
const block = () => {
  agent.off("sample", block);
  clients = spawn(process.execPath, ["-e", "(" + connect + ")(" + server.address().port + ")"]);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1500);
};
agent.on("sample", block);
agent.on("finding", ({ symptom, cause, state }) => {
  console.log(JSON.stringify({ symptom, cause, state }));
  clients.kill();
  process.exit(0);
});`;

test("the installed package finds an overflow and its cause", (t) => {
  const [begin] = node("-e", overflow).trim().split("\n");
  t.deepEqual(JSON.parse(begin!), {
    symptom: "accept-queue-overflow",
    cause: "event-loop-blocked",
    state: "active",
  });
});

// What npm's --os answers for, and what the program sees; the addon is not there, as no such file ships.
const elsewhere = { win32: "Windows", darwin: "macOS" };

for (const [platform, name] of Object.entries(elsewhere)) {
  test(`on ${name} the package installs without a word`, async (t) => {
    t.timeout(120_000);
    const other = emptyProject();
    t.teardown(() => rmSync(other, { recursive: true, force: true }));
    const host = [`--os=${platform}`, "--cpu=arm64"];
    t.deepEqual(await install(other, tarball, ...host), { status: 0, warnings: [] });
  });

  test(`on ${name} every entry is imported and the agent says that it is off`, (t) => {
    const other = emptyProject();
    t.teardown(() => rmSync(other, { recursive: true, force: true }));
    mkdirSync(join(other, "node_modules"));
    cpSync(join(folder, "node_modules"), join(other, "node_modules"), { recursive: true });
    rmSync(join(other, "node_modules/sockscope/prebuilds"), { recursive: true });
    writeFileSync(join(other, "there.cjs"), `Object.defineProperty(process, "platform", { value: "${platform}" });`);
    const program = `
      const { start, support, explain } = require("sockscope");
      for (const entry of ${JSON.stringify(entries)}) require(entry);
      const { readTcpInfo, walkSockets } = require("sockscope/kernel");
      const server = require("node:net").createServer().listen(0, "127.0.0.1", async () => {
        const { ok, addon, readings } = support();
        const agent = start();
        const { finding, account } = explain(server);
        console.log(JSON.stringify({
          ok, addon, reason: readings.addon.reason,
          findings: agent.findings(), finding, info: readTcpInfo(server), why: account.accept?.why ?? account.read?.why,
        }));
        await agent.stop();
        server.close();
        process.exitCode = 7;
      });`;
    const { status, stdout, stderr } = spawnSync(process.execPath, ["-r", "./there.cjs", "-e", program], {
      cwd: other,
      encoding: "utf8",
    });
    t.is(status, 7, stderr);
    const off = `sockscope: reads Linux sockets; on ${platform} nothing is observed\n`;
    // Once for sockscope/register, once for start().
    t.is(stderr, off + off);
    const why = `sockscope reads Linux sockets; this is ${platform}`;
    t.deepEqual(JSON.parse(stdout), { ok: false, addon: false, reason: why, findings: [], why });
  });
}
