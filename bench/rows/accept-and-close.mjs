// A connection accepted and closed: what the agent adds to it on the main thread, and whether memory stays flat over many.
import { registerPath, sleep, startChild } from "../agent/child.mjs";
import { readMemory, readThreads, usedBetween } from "../agent/threads.mjs";
import { startAsked } from "../measure/asked.mjs";
import { robustMean } from "../measure/interval.mjs";
import { summary } from "../measure/statistics.mjs";

export const id = "accept-and-close";
export const order = 150;
export const work = "a connection accepted and closed by a Node server";
export const goal = "0 µs on the main thread; memory flat over a million connections";

/** Several bursts make a figure; each is long enough that the loop is never idle in it. */
const burst = 2500;
const warmUp = 20_000;

const openServer = async (isObserved) => {
  const host = await startChild("host.mjs", isObserved ? { preload: registerPath, env: { SOCKSCOPE_LOG: "off" } } : {});
  const churn = startAsked("churn", [host.ready.port]);
  return { host, churn };
};

const mainCpuMs = (pid) => readThreads(pid).get(pid).cpuMs;

/** Microseconds of the main thread for each connection of a burst. */
const perConnection = async ({ host, churn }) => {
  const before = mainCpuMs(host.pid);
  await churn.ask(burst);
  // The last of them are still to be closed.
  await sleep(20);
  return (1000 * (mainCpuMs(host.pid) - before)) / burst;
};

/** In turn, so that what the machine does meets both alike: the agent's cost less the other's, µs. */
const compare = async (servers, rounds) => {
  const costs = [[], []];
  for (let round = 0; round < rounds; round += 1)
    for (const i of round % 2 === 0 ? [0, 1] : [1, 0]) costs[i].push(await perConnection(servers[i]));
  const [on, off] = costs;
  return { off, ...robustMean(on.map((cost, i) => cost - off[i])) };
};

export async function run({ quick }) {
  const [rounds, held] = quick ? [20, 50_000] : [50, 1_000_000];
  const servers = [await openServer(true), await openServer(false)];
  const [{ host, churn }] = servers;
  try {
    for (const each of servers) await each.churn.ask(warmUp);
    const [threads, began] = [readThreads(host.pid), performance.now()];
    const { off, mean, half95 } = await compare(servers, rounds);
    const { named } = usedBetween(threads, readThreads(host.pid), "sockscope");
    const share = (100 * named.cpuMs) / (performance.now() - began);
    const because = `nothing of the agent's runs there for a connection; its own thread took ${share.toFixed(1)} % of a core meanwhile, and caches of the main thread's with it.`;
    const before = readMemory(host.pid).residentMb;
    for (let done = 0; done < held; done += warmUp) await churn.ask(warmUp);
    const grown = readMemory(host.pid).residentMb - before;
    return {
      figures: [
        {
          what: "main thread, agent on less off",
          brief: "main thread",
          value: mean,
          low: mean - half95,
          high: mean + half95,
          confidence: 95,
          unit: "µs",
        },
        {
          what: "… by which its 95 % interval is above 0",
          value: Math.max(0, mean - half95),
          unit: "µs",
          atMost: 0,
          because,
        },
        {
          what: `memory grown over ${held.toLocaleString("en")} connections`,
          brief: "memory grown",
          value: grown,
          unit: "MB",
          atMost: 8,
        },
      ],
      peers: [{ what: "the connection itself", ...summary(off), unit: "µs" }],
      notes: [`${rounds} bursts of ${burst.toLocaleString("en")} connections each way, in turn.`],
    };
  } finally {
    for (const each of servers) {
      await each.churn.stop();
      await each.host.stop();
    }
  }
}
