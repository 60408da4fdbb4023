import { spawn } from "node:child_process";
import { once } from "node:events";
import test from "ava";
import type { Finding } from "../../src/explain/finding.js";
import { startCli } from "../cli/run-cli.js";
import { register } from "../lab/root.js";
import { withProgram } from "./run-node.js";

/** Told to begin, it holds its loop in slices while clients come. */
const program = `
const server = require("node:http").createServer();
const cell = new Int32Array(new SharedArrayBuffer(4));
function rebuildSearchIndex() { for (const end = Date.now() + 2500; Date.now() < end; ) Atomics.wait(cell, 0, 0, 20); }
server.listen({ port: 0, host: "127.0.0.1", backlog: 4 }, () => {
  server.once("connection", rebuildSearchIndex);
  const clients = "const net = require('node:net'); for (let n = 0; n < 30; n++) net.connect(" + server.address().port + ", '127.0.0.1').on('error', () => {}); setTimeout(() => process.exit(), 6000)";
  process.on("message", () => require("node:child_process").spawn(process.execPath, ["-e", clients], { stdio: "ignore" }));
  process.send("listening");
});
process.on("disconnect", () => process.exit());`;

interface Said {
  readonly findings: readonly Finding[];
  readonly joined: readonly { readonly pid: number; readonly endpoint: string; readonly reason?: string }[];
}

test.serial(
  "diagnose from outside names the code where the target's endpoint is open, and tells each fault once",
  (t) =>
    withProgram("app.cjs", program, async (file) => {
      t.timeout(40_000);
      const socket = `${file}.sock`;
      const target = spawn(process.execPath, ["-r", register, file], {
        env: { ...process.env, SOCKSCOPE_LOG: "off", SOCKSCOPE_HTTP: socket },
        stdio: ["ignore", "ignore", "ignore", "ipc"],
      });
      try {
        await once(target, "message");
        const { ended } = startCli(["diagnose", "--pid", String(target.pid), "--duration", "6s", "--json"]);
        target.send("begin");
        const { status, stdout } = await ended;
        const { findings, joined } = JSON.parse(stdout) as Said;
        t.deepEqual([status, joined], [1, [{ endpoint: socket, pid: target.pid! }]]);
        const overflows = findings.filter(({ symptom }) => symptom === "accept-queue-overflow");
        t.true(overflows.some(({ stack }) => stack?.[0]?.startsWith("rebuildSearchIndex ")));
        t.is(new Set(overflows.map(({ cause }) => cause)).size, overflows.length, "each cause once");
      } finally {
        target.kill("SIGKILL");
      }
    }),
);
