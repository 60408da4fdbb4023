// Resident memory of a process with the agent, beside one with a Worker that does nothing, once both have settled.
import { emptyWorkerPath, registerPath, sleep, startChild } from "../agent/child.mjs";
import { readMemory } from "../agent/threads.mjs";
import { summary } from "../measure/statistics.mjs";

export const id = "agent-memory";
export const order = 145;
export const work = "memory of a process with the agent";
export const goal = "≤ 8 MB above an empty Worker on the same Node";

const ways = {
  plain: {},
  worker: { preload: emptyWorkerPath },
  agent: { preload: registerPath, env: { SOCKSCOPE_LOG: "off" } },
};

/** All three side by side. */
const round = async (settleMs) => {
  const hosts = Object.entries(ways).map(async ([way, options]) => [way, await startChild("host.mjs", options)]);
  const started = await Promise.all(hosts);
  await sleep(settleMs);
  const megabytes = started.map(([way, { pid }]) => [way, readMemory(pid).residentMb]);
  await Promise.all(started.map(([, host]) => host.stop()));
  return Object.fromEntries(megabytes);
};

export async function run({ quick }) {
  const rounds = [];
  for (let i = 0; i < 3; i += 1) rounds.push(await round(quick ? 3000 : 6000));
  const of = (way) => rounds.map((each) => each[way]);
  return {
    figures: [
      {
        what: "above an empty Worker",
        ...summary(rounds.map(({ agent, worker }) => agent - worker)),
        unit: "MB",
        atMost: 8,
      },
    ],
    peers: [
      { what: "process alone", ...summary(of("plain")), unit: "MB" },
      { what: "… with an empty Worker", ...summary(of("worker")), unit: "MB" },
      { what: "… with the agent", ...summary(of("agent")), unit: "MB" },
    ],
  };
}
