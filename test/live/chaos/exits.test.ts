// Whenever and however an application ends: its code, its signal and its output are those that it has without the agent.
import test from "ava";
import type { Ran } from "../run-node.js";
import { index, runAlone, runApp, runStarting } from "./chaos-app.js";

const serving = "const server = require('node:http').createServer((_, r) => r.end()).listen(0, '127.0.0.1');";
/** Clients come, and from that moment on the loop stands: the observer looks every 20 ms and asks for the stack. */
const pressed = (ms: number): string => `${serving} setTimeout(() => {
  const { port } = server.address();
  for (let n = 0; n < 20; n += 1) require('node:net').connect(port, '127.0.0.1').on('error', () => {});
  process.nextTick(() => { const end = Date.now() + ${ms}; while (Date.now() < end); process.exit(8); });
}, 300);`;

const endings: readonly (readonly [when: string, program: string])[] = [
  ["before the thread is up", "process.exit(3)"],
  ["while the thread starts", "setTimeout(() => process.exit(3), 15)"],
  ["while the thread looks for the first time", "setTimeout(() => process.exit(3), 60)"],
  ["at a steady pace", `${serving} setTimeout(() => process.exit(3), 450)`],
  ["while the loop is held and a stack is asked for", pressed(600)],
  ["in 'beforeExit'", "process.on('beforeExit', () => process.exit(9))"],
  [
    "by itself, with work in 'beforeExit'",
    "let n = 0; process.on('beforeExit', () => { if (n++ < 3) setTimeout(() => console.log(n), 30) })",
  ],
  ["in 'exit', which changes the code", "process.on('exit', () => { process.exitCode = 11 })"],
  ["by an exception", `${serving} setTimeout(() => { throw new Error('mine') }, 200)`],
  ["by a rejection", `${serving} setTimeout(() => Promise.reject(new Error('mine')), 200)`],
  [
    "by an exception that it handles itself",
    `${serving} process.on('uncaughtException', () => process.exit(12)); setTimeout(() => { throw new Error('mine') }, 100)`,
  ],
  ...["SIGTERM", "SIGINT", "SIGHUP", "SIGKILL", "SIGQUIT", "SIGUSR2"].map(
    (signal) => [`by ${signal}`, `${serving} setTimeout(() => process.kill(process.pid, '${signal}'), 200)`] as const,
  ),
  [
    "in its own handler of SIGTERM",
    `${serving} process.on('SIGTERM', () => process.exit(13)); setTimeout(() => process.kill(process.pid, 'SIGTERM'), 200)`,
  ],
  ["by process.abort()", "require('node:fs'); process.chdir('/tmp'); setTimeout(() => process.abort(), 200)"],
  ["by process.reallyExit", "setTimeout(() => process.reallyExit(14), 100)"],
];

/** An abort prints addresses. */
const outcome = ({ code, signal, stdout, stderr }: Ran): object => ({
  code,
  signal,
  stdout,
  stderr: signal === "SIGABRT" || signal === "SIGQUIT" ? "" : stderr.replace(/[^ \n(]*app\.cjs/g, "app.cjs"),
});

const core = { SOCKSCOPE_LOG: "off" };
for (const [when, program] of endings)
  test(`an application that ends ${when} ends as without the agent`, async (t) => {
    const [alone, ran] = await Promise.all([runAlone(program), runApp(program, core)]);
    t.deepEqual(outcome(ran), outcome(alone));
  });

const started = `const agent = require(${index}).start();`;
const stopping: readonly (readonly [when: string, program: string, expected: object])[] = [
  [
    "while the agent stops",
    `${serving} ${started} setTimeout(() => { agent.stop(); process.exit(6) }, 300)`,
    { code: 6, stdout: "", stderr: "" },
  ],
  [
    "when the agent has stopped before it was up",
    `${started} agent.stop().then(() => console.log('stopped'))`,
    { code: 0, stdout: "stopped\n", stderr: "" },
  ],
  [
    "while a dead observer waits to be started anew",
    `${started} setTimeout(() => observers[0].terminate(), 200); setTimeout(() => { process.exitCode = 15 }, 400)`,
    { code: 15, stdout: "", stderr: "" },
  ],
  [
    "with an observer that does not answer",
    `${started} observers[0].postMessage = () => {}; setTimeout(() => agent.stop().then(() => console.log('stopped')), 200)`,
    { code: 0, stdout: "stopped\n", stderr: "" },
  ],
];
for (const [when, program, expected] of stopping)
  test(`an application ends ${when}`, async (t) => t.like(await runStarting(program, core), expected));
