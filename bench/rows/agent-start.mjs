// What the agent adds to the start of a hello-world until it listens: CPU time of the main thread.
import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { emptyWorkerPath, registerPath } from "../agent/child.mjs";
import { alternate } from "../measure/alternate.mjs";
import { differenceText, placesOf } from "../measure/profile.mjs";
import { summary } from "../measure/statistics.mjs";

export const id = "agent-start";
export const order = 140;
export const work = "start of a hello-world with `--import sockscope/register`, until it listens";
export const goal = "≤ 10 ms of main-thread CPU above an empty Worker's start";

const hello = fileURLToPath(new URL("../agent/hello.cjs", import.meta.url));
const execute = promisify(execFile);
const ways = { plain: [], worker: ["--import", emptyWorkerPath], agent: ["--import", registerPath] };

const startMs = async (way) => {
  const env = { PATH: process.env.PATH, SOCKSCOPE_LOG: "off" };
  return Number((await execute(process.execPath, [...ways[way], hello], { env })).stdout) / 1e6;
};

/** What the main thread of one start did (its profile is the one of thread 0), ms by place. */
const profileOf = async (way) => {
  const folder = mkdtempSync(join(tmpdir(), "sockscope-bench-"));
  try {
    const env = { PATH: process.env.PATH, SOCKSCOPE_LOG: "off" };
    const profiling = ["--cpu-prof", "--cpu-prof-interval", "100", "--cpu-prof-dir", folder];
    await execute(process.execPath, [...profiling, ...ways[way], hello], { env });
    const file = readdirSync(folder).find((name) => /^CPU\.\d+\.\d+\.\d+\.0\./.test(name));
    return placesOf(JSON.parse(readFileSync(join(folder, file), "utf8")));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
const profileText = async () =>
  `one start each under V8's profiler, where the agent's spent more than the empty Worker's: ${differenceText(await profileOf("agent"), await profileOf("worker"))}.`;

export async function run({ quick }) {
  const variants = Object.fromEntries(Object.keys(ways).map((way) => [way, () => startMs(way)]));
  const { plain, worker, agent } = await alternate(variants, { rounds: quick ? 12 : 40 });
  const above = agent.map((ms, i) => ms - worker[i]);
  const figure = {
    what: "above the start of an empty Worker",
    brief: "above it",
    ...summary(above),
    unit: "ms",
    atMost: 10,
  };
  return {
    figures: [figure.value > figure.atMost ? { ...figure, because: await profileText() } : figure],
    peers: [
      { what: "hello-world alone", ...summary(plain), unit: "ms" },
      { what: "… with an empty Worker", brief: "hello-world with an empty Worker", ...summary(worker), unit: "ms" },
      { what: "… with the agent", ...summary(agent), unit: "ms" },
    ],
  };
}
