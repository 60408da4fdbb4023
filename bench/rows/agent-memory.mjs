// Resident memory of a process with the agent, beside one with a Worker that does nothing, once both have settled.
import { once } from "node:events";
import { connect } from "node:net";
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

/** A connection to it that sends a byte each second, so that each interval has something to look at; returns its end. */
const talk = async ({ ready }) => {
  const socket = connect(ready.port, "127.0.0.1").resume();
  await once(socket, "connect");
  const timer = setInterval(() => socket.write("x"), 1000);
  return () => {
    clearInterval(timer);
    socket.destroy();
  };
};

/** All three side by side; `talks`: while something goes on. */
const round = async (settleMs, talks = false) => {
  const hosts = Object.entries(ways).map(async ([way, options]) => [way, await startChild("host.mjs", options)]);
  const started = await Promise.all(hosts);
  const ends = talks ? await Promise.all(started.map(([, host]) => talk(host))) : [];
  await sleep(settleMs);
  const megabytes = started.map(([way, { pid }]) => [way, readMemory(pid)]);
  for (const end of ends) end();
  await Promise.all(started.map(([, host]) => host.stop()));
  return Object.fromEntries(megabytes);
};

/** What the thread's JavaScript heap holds, MB: used, and reserved for it. */
const heapOf = async (settleMs, talks) => {
  const { preload, env } = ownThread("heap-thread.cjs");
  const host = await startChild("host.mjs", { preload, env: { ...env, SOCKSCOPE_LOG: "off" } });
  const end = talks ? await talk(host) : undefined;
  try {
    await sleep(settleMs);
    const noted = await host.ask({ what: "noted" });
    return Array.from(noted.subarray(0, 2), (bytes) => (bytes / 2 ** 20).toFixed(1));
  } finally {
    end?.();
    await host.stop();
  }
};

/** Where the memory is. */
const parts = async (rounds, settleMs, talks) => {
  const median = (name) => summary(rounds.map(({ agent, worker }) => agent[name] - worker[name])).value;
  const anonymous = median("anonymousMb");
  const files = median("residentMb") - anonymous;
  const [used, reserved] = await heapOf(settleMs, talks);
  return `${anonymous.toFixed(1)} MB of it are anonymous memory, ${files.toFixed(1)} MB are pages of files (addon, Node's own code that an empty Worker does not run); the thread's JavaScript heap takes ${reserved} MB, of which ${used} MB are in use.`;
};

export async function run({ quick }) {
  const rounds = [];
  const settleMs = quick ? 3000 : 6000;
  const usedMs = quick ? 12_000 : 60_000;
  for (let i = 0; i < 3; i += 1) rounds.push(await round(settleMs));
  const of = (way) => rounds.map((each) => each[way].residentMb);
  const judged = async (names, [read, ms, talks]) => {
    const above = read.map(({ agent, worker }) => agent.residentMb - worker.residentMb);
    const figure = { ...names, ...summary(above), unit: "MB", atMost: 8 };
    return figure.value > figure.atMost ? { ...figure, because: await parts(read, ms, talks) } : figure;
  };
  return {
    figures: [
      await judged({ what: "above an empty Worker", brief: "above it" }, [rounds, settleMs, false]),
      // V8 compiles anew what runs often, by code of Node's own that no quiet process has in memory.
      await judged({ what: "… after a minute with something to look at each second", brief: "in use" }, [
        [await round(usedMs, true)],
        usedMs,
        true,
      ]),
    ],
    peers: [
      { what: "process alone", ...summary(of("plain")), unit: "MB" },
      { what: "… with an empty Worker", brief: "process with an empty Worker", ...summary(of("worker")), unit: "MB" },
      { what: "… with the agent", ...summary(of("agent")), unit: "MB" },
    ],
  };
}
