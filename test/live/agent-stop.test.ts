import test from "ava";
import { join } from "node:path";
import { packageRoot } from "../package-root.js";
import { runNode, withProgram } from "./run-node.js";

const index = JSON.stringify(join(packageRoot, "build-test/src/index.js"));

const inventory = `
const { readdirSync, readFileSync, readlinkSync } = require("node:fs");
const inventory = () => ({
  fds: readdirSync("/proc/self/fd").flatMap((fd) => { try { return [readlinkSync("/proc/self/fd/" + fd).replace(/\\d+/g, "N")] } catch { return [] } }).sort(),
  threads: readdirSync("/proc/self/task").flatMap((tid) => { try { return [readFileSync("/proc/self/task/" + tid + "/comm", "latin1").trim()] } catch { return [] } }).filter((name) => name === "sockscope").length,
  handles: process.getActiveResourcesInfo().sort(),
  exitListeners: process.eventNames().map(String).sort(),
  listen: require("node:net").Server.prototype.listen,
});
const same = (a, b) => Object.keys(a).filter((key) => JSON.stringify(a[key]) !== JSON.stringify(b[key]) || a.listen !== b.listen);
`;

test.serial("after the last stop nothing is left: descriptors, threads, handles, listeners, the patch", (t) =>
  withProgram(
    "app.mjs",
    `import { createRequire } from "node:module"; const require = createRequire(import.meta.url); ${inventory}
     const { start } = require(${index});
     const once = async () => { const agent = start({ log: "off" }); const server = require("node:http").createServer().listen(0);
       await new Promise((resolve) => { const timer = setInterval(() => { if (agent.snapshot()?.listeners.length === 1) { clearInterval(timer); resolve(); } }, 10); });
       await agent.stop(); await new Promise((resolve) => server.close(resolve)); };
     await once();
     const before = inventory();
     for (let i = 0; i < 3; i++) await once();
     const after = inventory();
     console.log(JSON.stringify({ different: same(before, after), threads: after.threads, before: before.fds, after: after.fds }));`,
    async (file) => {
      const ran = await runNode([file]);
      t.like(ran, { code: 0, stderr: "" });
      t.like(JSON.parse(ran.stdout), { different: [], threads: 0 });
    },
  ),
);

test.serial("several starts share one observer, which ends with the last stop; stop is idempotent", (t) =>
  withProgram(
    "app.mjs",
    `import { createRequire } from "node:module"; const require = createRequire(import.meta.url); ${inventory}
     const { start } = require(${index});
     const [one, two] = [start({ log: "off" }), start()];
     const until = async (holds) => { while (!holds()) await new Promise((resolve) => setTimeout(resolve, 10)); };
     // It has looked: the thread that asks whether netlink is allowed, which has its name, is over.
     await until(() => one.snapshot() !== undefined && inventory().threads === 1);
     const counts = [inventory().threads];
     await one.stop(); await one.stop(); counts.push(inventory().threads);
     await two.stop(); counts.push(inventory().threads);
     const three = start({ log: "off" }); await until(() => inventory().threads === 1); counts.push(inventory().threads); await three.stop();
     console.log(JSON.stringify(counts));`,
    async (file) => {
      const ran = await runNode([file]);
      t.like(ran, { code: 0, stderr: "", stdout: "[1,1,0,1]\n" });
    },
  ),
);

test.serial("samples come only while somebody listens, and what a listener throws stays here", (t) =>
  withProgram(
    "app.cjs",
    `const { start } = require(${index});
     require("node:http").createServer().listen(0).unref();
     const agent = start({ log: "off", intervalMs: 100 });
     let samples = 0;
     const onSample = () => { if (++samples === 3) { agent.off("sample", onSample); const seen = samples; setTimeout(() => { console.log(samples - seen <= 1); agent.stop(); }, 500); } throw new Error("mine"); };
     agent.on("sample", onSample);
     setTimeout(() => {}, 2000);`,
    async (file) => {
      const ran = await runNode([file]);
      t.like(ran, { code: 0, stdout: "true\n", stderr: "sockscope: a listener of 'sample' threw: Error: mine\n" });
    },
  ),
);

test.serial("start and support never throw, whatever they are given", (t) =>
  withProgram(
    "app.cjs",
    `const { start, support } = require(${index});
     const agents = [start(null), start(7), start({ get log() { throw new Error("mine") } }), start({ logger: 3 })];
     console.log(typeof support().ok, agents.map((agent) => agent.findings().length).join());
     Promise.all(agents.map((agent) => agent.stop())).then(() => console.log("stopped"));`,
    async (file) => t.like(await runNode([file]), { code: 0, stdout: "boolean 0,0,0,0\nstopped\n" }),
  ),
);
