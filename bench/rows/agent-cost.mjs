// What the agent costs by itself, as part of a core: its own thread, and what the process uses more than one without it.
import { readFileSync, rmSync } from "node:fs";
import { get } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { registerPath, sleep, startChild } from "../agent/child.mjs";
import { profiled } from "../agent/profiled.mjs";
import { helpersOf, percentOf, sumOf, usedBySecond } from "../agent/seconds.mjs";
import { sharesText } from "../measure/profile.mjs";

export const id = "agent-cost";
export const order = 130;
export const work = "what the agent itself uses of one core";
export const goal =
  "quiet ≤ 0.3 %, 1,000 connections ≤ 0.6 %, 10,000 ≤ 2 %, 19,000 ≤ 4 %; 0 periodic callbacks on the main thread";

const page = join(tmpdir(), `sockscope-bench-${process.pid}.sock`);

/** The code is warm, what is only done at the beginning is done (V8 collects an idle main thread's heap once, 8 s after its
 * start), every connection has been met. */
const settleMs = 12_000;
const settleMsEach = 0.7;
/** For how long connections are made, at the most. */
const connectMsEach = 0.5;

/** Opens the page's stream, as a browser does. */
const watchPage = () =>
  new Promise((resolve, reject) => {
    const request = get({ socketPath: page, path: "/events" }, (response) => {
      response.on("data", () => undefined);
      response.on("error", () => undefined);
      resolve(() => request.destroy());
    });
    request.once("error", reject);
  });

/** `goal`: percent of a core. `drive` makes it happen to the server; what it returns ends it. */
const cases = [
  // V8 tidies up after the start, in its own time, also on the main thread.
  { name: "quiet", brief: "quiet", connections: 0, goal: 0.3, tidyMs: 8000 },
  { name: "quiet, looked at each second (its endpoint is open)", connections: 0, http: page, tidyMs: 8000 },
  { name: "1,000 connections", brief: "1,000", connections: 1000, goal: 0.6 },
  { name: "10,000 connections", brief: "10,000", connections: 10_000, goal: 2 },
  { name: "19,000 connections", brief: "19,000", connections: 19_000, goal: 4 },
  {
    name: "1,000 that talk once a second",
    connections: 1000,
    drive: ({ clients }) => clients.ask({ what: "talk", everyMs: 1000 }),
  },
  {
    name: "a finding active (overflows at each stall)",
    connections: 100,
    listenBacklog: 8,
    expects: "accept-queue-overflow",
    async drive({ host, clients, port }) {
      await host.ask({ what: "stall", ms: 300, everyMs: 1000 });
      await clients.ask({ what: "rush", port, count: 12, everyMs: 150 });
    },
  },
  {
    name: "page open, 1,000 connections",
    connections: 1000,
    http: page,
    drive: ({ isObserved }) => isObserved && watchPage(),
  },
  {
    name: "main thread blocked, 1,000 connections",
    connections: 1000,
    drive: ({ host, ms, isObserved }) => isObserved && host.ask({ what: "block", ms: ms + settleMs }),
  },
];

const firstMs = ({ connections, tidyMs = 0 }) => settleMs / 2 + settleMsEach * connections + tidyMs;

/** `agent`: what `startChild` takes to have one; `undefined`: none. */
const startOne = async ({ connections, http, listenBacklog }, agent, log) => {
  const isObserved = agent !== undefined;
  const env = isObserved ? { SOCKSCOPE_LOG: log, ...(http ? { SOCKSCOPE_HTTP: http } : {}), ...agent.env } : {};
  const args = listenBacklog ? [listenBacklog] : [];
  const host = await startChild("host.mjs", { args, env, preload: agent?.preload });
  const clients = await startChild("clients.mjs");
  const { port } = host.ready;
  await clients.ask({ what: "hold", port, count: connections });
  return { host, clients, port, isObserved };
};

/** Both at once: they use so little that they do not meet, and what disturbs one disturbs the other. */
const measure = async (one, ms) => {
  const log = join(tmpdir(), `sockscope-bench-${process.pid}.log`);
  const both = [await startOne(one, { preload: registerPath }, log), await startOne(one, undefined, log)];
  let leave = () => undefined;
  try {
    await sleep(firstMs(one));
    for (const server of both) {
      const driven = await one.drive?.({ ...server, ms });
      if (typeof driven === "function") leave = driven;
    }
    await sleep(settleMs / 2);
    const seconds = await usedBySecond(
      both.map(({ host }) => host),
      ms,
    );
    const passed = sumOf(seconds, (second) => second.ms);
    const found = readFileSync(log, { encoding: "latin1", flag: "a+" });
    return {
      isAsMeant: one.expects === undefined || found.includes(one.expects),
      observer: percentOf(
        sumOf(seconds, ({ used: [on] }) => on.named.cpuMs),
        passed,
      ),
      helpers: helpersOf(seconds),
      wakes: (1000 * sumOf(seconds, ({ used: [on] }) => on.named.sleeps)) / passed,
      mainWakes: sumOf(seconds, ({ used: [on, off] }) => on.main.sleeps - off.main.sleeps),
    };
  } finally {
    leave();
    for (const { host, clients } of both) await Promise.all([host.stop(), clients.stop()]);
    rmSync(log, { force: true });
  }
};

/** Where the agent's thread spends its time in such a case. */
const profileOf = (one, ms) =>
  profiled({ fromMs: connectMsEach * one.connections + firstMs(one) + settleMs / 2, ms }, async (agent, passed) => {
    const server = await startOne(one, agent, "off");
    try {
      await sleep(firstMs(one));
      const driven = await one.drive?.({ ...server, ms: 2 * ms });
      await passed();
      if (typeof driven === "function") driven();
    } finally {
      await Promise.all([server.host.stop(), server.clients.stop()]);
    }
  });

const figureOf = async (one, { observer, helpers, wakes }, ms) => {
  const { name, brief, goal: atMost } = one;
  const value = observer + Math.max(0, helpers);
  const figure = { what: name, brief, value, unit: "% of a core", atMost };
  if (!(value > atMost)) return figure;
  const shares = sharesText(await profileOf(one, ms));
  const parts = `${observer.toFixed(2)} % is the observer's thread, which wakes ${wakes.toFixed(1)} times a second, ${Math.max(0, helpers).toFixed(2)} % V8's helpers`;
  return { ...figure, because: `${parts}; by places on top of that thread's stack: ${shares}.` };
};

const chartOf = (figures) => ({
  id: "agent-cost",
  title: "What the agent uses of one core, by connections held",
  xLabel: "connections",
  yLabel: "% of a core",
  series: [
    { name: "measured", points: figures.map(({ connections, value }) => [connections, value]) },
    { name: "goal", points: figures.map(({ connections, atMost }) => [connections, atMost]) },
  ],
});

/** Descriptors that a process may have, less those that it needs for itself. */
const room = () => Number(/^Max open files +\d+ +(\d+)/m.exec(readFileSync("/proc/self/limits", "latin1"))?.[1]) - 200;

export async function run({ quick }) {
  const ms = quick ? 8000 : 12_000;
  const figures = [];
  const notes = [
    "Of the observer's thread and of V8's helpers beside it; the main thread sleeps all the time in the quiet cases. Nothing is sent or received while connections are only held: then an interval may end without JavaScript.",
  ];
  let idle;
  for (const one of cases.filter(({ connections }) => !(connections > room()))) {
    const used = await measure(one, ms);
    idle ??= used;
    if (used.isAsMeant) figures.push({ ...(await figureOf(one, used, ms)), connections: one.connections });
    else notes.push(`Not measured: ${one.name}, as no ${one.expects} came about.`);
  }
  figures.push({
    what: `wake-ups of the main thread in ${ms / 1000} quiet seconds, beyond those without the agent`,
    value: Math.max(0, idle.mainWakes),
    unit: "",
    atMost: 0,
  });
  const counted = figures.filter(({ connections, atMost }) => connections > 0 && atMost !== undefined);
  return {
    figures,
    notes,
    charts: counted.length > 1 ? [chartOf(counted)] : [],
  };
}
