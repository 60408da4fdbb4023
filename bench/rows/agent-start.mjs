// What the agent adds to the start of a hello-world until it listens: CPU time of the main thread.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { emptyWorkerPath, registerPath } from "../agent/child.mjs";
import { alternate } from "../measure/alternate.mjs";
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

export async function run({ quick }) {
  const variants = Object.fromEntries(Object.keys(ways).map((way) => [way, () => startMs(way)]));
  const { plain, worker, agent } = await alternate(variants, { rounds: quick ? 12 : 40 });
  const above = agent.map((ms, i) => ms - worker[i]);
  return {
    figures: [{ what: "above the start of an empty Worker", ...summary(above), unit: "ms", atMost: 10 }],
    peers: [
      { what: "hello-world alone", ...summary(plain), unit: "ms" },
      { what: "… with an empty Worker", ...summary(worker), unit: "ms" },
      { what: "… with the agent", ...summary(agent), unit: "ms" },
    ],
  };
}
