// Resident memory of a process with the agent, beside one with a Worker that does nothing, once both have settled.
import { emptyWorkerPath, ownThread, registerPath, sleep, startChild } from "../agent/child.mjs";
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
  const megabytes = started.map(([way, { pid }]) => [way, readMemory(pid)]);
  await Promise.all(started.map(([, host]) => host.stop()));
  return Object.fromEntries(megabytes);
};

/** What the thread's JavaScript heap holds, MB: used, and reserved for it. */
const heapOf = async (settleMs) => {
  const { preload, env } = ownThread("heap-thread.cjs");
  const host = await startChild("host.mjs", { preload, env: { ...env, SOCKSCOPE_LOG: "off" } });
  try {
    await sleep(settleMs);
    const noted = await host.ask({ what: "noted" });
    return Array.from(noted.subarray(0, 2), (bytes) => (bytes / 2 ** 20).toFixed(1));
  } finally {
    await host.stop();
  }
};

/** Where the memory is. */
const parts = async (rounds, settleMs) => {
  const median = (name) => summary(rounds.map(({ agent, worker }) => agent[name] - worker[name])).value;
  const anonymous = median("anonymousMb");
  const files = median("residentMb") - anonymous;
  const [used, reserved] = await heapOf(settleMs);
  return `${anonymous.toFixed(1)} MB of it are anonymous memory, ${files.toFixed(1)} MB are pages of files (addon, Node's own code that an empty Worker does not run); the thread's JavaScript heap takes ${reserved} MB, of which ${used} MB are in use.`;
};

export async function run({ quick }) {
  const rounds = [];
  const settleMs = quick ? 3000 : 6000;
  for (let i = 0; i < 3; i += 1) rounds.push(await round(settleMs));
  const of = (way) => rounds.map((each) => each[way].residentMb);
  const above = rounds.map(({ agent, worker }) => agent.residentMb - worker.residentMb);
  const figure = { what: "above an empty Worker", brief: "above it", ...summary(above), unit: "MB", atMost: 8 };
  return {
    figures: [figure.value > figure.atMost ? { ...figure, because: await parts(rounds, settleMs) } : figure],
    peers: [
      { what: "process alone", ...summary(of("plain")), unit: "MB" },
      { what: "… with an empty Worker", brief: "process with an empty Worker", ...summary(of("worker")), unit: "MB" },
      { what: "… with the agent", ...summary(of("agent")), unit: "MB" },
    ],
  };
}
