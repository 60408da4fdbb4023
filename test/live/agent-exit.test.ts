import test from "ava";
import { register } from "../lab/root.js";
import { type Ran, runNode, withProgram } from "./run-node.js";

const outcome = ({ code, signal, stdout, stderr }: Ran): object => ({ code, signal, stdout, stderr });

const ends: readonly (readonly [string, string, string, object])[] = [
  ["runs to its end", "app.cjs", "console.log('done')", { code: 0, stdout: "done\n", stderr: "" }],
  ["runs to its end as an ES module", "app.mjs", "console.log('done')", { code: 0, stdout: "done\n", stderr: "" }],
  ["calls process.exit", "app.cjs", "process.exit(3)", { code: 3, stdout: "", stderr: "" }],
  ["sets an exit code", "app.cjs", "process.exitCode = 4", { code: 4, stdout: "", stderr: "" }],
  [
    "closes its server",
    "app.cjs",
    "const s = require('node:http').createServer().listen(0, () => setTimeout(() => s.close(() => console.log('closed')), 300))",
    { code: 0, stdout: "closed\n", stderr: "" },
  ],
  [
    "kills itself",
    "app.cjs",
    "setTimeout(() => process.kill(process.pid, 'SIGTERM'), 200)",
    { code: null, signal: "SIGTERM" },
  ],
];

for (const flag of ["--import", "-r"])
  for (const [what, name, source, expected] of ends)
    test.serial(`with ${flag}, an application that ${what} ends as it would without the agent`, (t) =>
      withProgram(name, source, async (file) => {
        const alone = await runNode([file]);
        const ran = await runNode([flag, register, file]);
        t.like(outcome(ran), expected);
        t.deepEqual(outcome(ran), outcome(alone));
        t.true(ran.ms < alone.ms + 1500, `${ran.ms} ms, without ${alone.ms} ms`);
      }),
    );

test.serial("an exception nobody catches ends the application as before", (t) =>
  withProgram("app.cjs", "setTimeout(() => { throw new Error('mine') }, 100)", async (file) => {
    const alone = await runNode([file]);
    t.deepEqual(outcome(await runNode(["--import", register, file])), outcome(alone));
  }),
);

test.serial("an application's Worker with a server registers its loop and starts no second observer", (t) =>
  withProgram(
    "app.cjs",
    `const { Worker, isMainThread } = require("node:worker_threads");
     const { readdirSync, readFileSync } = require("node:fs");
     const observers = () => readdirSync("/proc/self/task").filter((tid) => readFileSync("/proc/self/task/" + tid + "/comm", "latin1").trim() === "sockscope").length;
     if (isMainThread) new Worker(__filename);
     else { const wait = () => setTimeout(observers() > 0 ? () => console.log(observers()) : wait, 300); wait(); }`,
    async (file) => t.like(await runNode(["--import", register, file]), { code: 0, stdout: "1\n", stderr: "" }),
  ),
);

test.serial("SOCKSCOPE=off starts nothing", (t) =>
  withProgram(
    "app.cjs",
    `const { readdirSync } = require("node:fs");
     const threads = () => readdirSync("/proc/self/task").length;
     setTimeout(() => console.log(threads()), 300)`,
    async (file) => {
      const ran = await runNode(["--import", register, file], { SOCKSCOPE: "off" });
      t.deepEqual(outcome(ran), outcome(await runNode([file])));
    },
  ),
);

test.serial("a malformed variable costs one line, and the application goes on", (t) =>
  withProgram("app.cjs", "console.log('on')", async (file) => {
    const ran = await runNode(["--import", register, file], { SOCKSCOPE_INTERVAL_MS: "soon" });
    t.like(ran, { code: 0, stdout: "on\n" });
    t.regex(ran.stderr, /^sockscope: SOCKSCOPE_INTERVAL_MS is "soon"; accepted: [^\n]*\n$/);
  }),
);

test.serial("under the permission model, where Node warns in each thread, the application ends as ever", (t) =>
  withProgram(
    "app.cjs",
    "const s = require('node:http').createServer().listen(0, () => setTimeout(() => s.close(() => console.log('closed')), 700))",
    async (file) => {
      const major = Number(process.versions.node.split(".")[0]);
      const flag = major < 22 ? "--experimental-permission" : "--permission";
      const net = process.allowedNodeEnvironmentFlags.has("--allow-net") ? ["--allow-net"] : [];
      const allowed = [flag, "--allow-fs-read=*", "--allow-worker", "--allow-addons", ...net];
      const { code, stdout } = await runNode([...allowed, "-r", register, file]);
      t.deepEqual({ code, stdout }, { code: 0, stdout: "closed\n" });
    },
  ),
);

test.serial(
  "under the permission model without Worker the agent looks slowly, says so once, and the application goes on",
  (t) =>
    withProgram(
      "app.cjs",
      "const s = require('node:net').createServer().listen(0, () => setTimeout(() => s.close(() => console.log('closed')), 400))",
      async (file) => {
        const flag = Number(process.versions.node.split(".")[0]) < 22 ? "--experimental-permission" : "--permission";
        const net = process.allowedNodeEnvironmentFlags.has("--allow-net") ? ["--allow-net"] : [];
        const ran = await runNode([flag, "--allow-fs-read=*", "--allow-addons", ...net, "-r", register, file]);
        t.like(ran, { code: 0, stdout: "closed\n" });
        const lines = ran.stderr.split("\n").filter((line) => line.startsWith("{"));
        t.deepEqual(
          lines.map((line) => JSON.parse(line).status.state),
          ["degraded"],
        );
        t.regex(lines[0]!, /no Worker can be started/);
      },
    ),
);

test.serial("without the addon the agent says what is missing, and the application goes on", (t) =>
  withProgram("app.cjs", "setTimeout(() => console.log('on'), 500)", async (file) => {
    const ran = await runNode(["--no-addons", "--import", register, file], { SOCKSCOPE_LOG_LEVEL: "finding" });
    t.like(ran, { code: 0, stdout: "on\n" });
  }),
);
