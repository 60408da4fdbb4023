// A server that has no time to spare, with the agent's work in every other slice of 20 ms: what it costs in answers.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { ownThread, sleep, startChild } from "../agent/child.mjs";
import { readThreads, usedBetween } from "../agent/threads.mjs";
import { plainMean, robustMean } from "../measure/interval.mjs";
import { quantile, summary } from "../measure/statistics.mjs";

export const id = "saturated-server";
export const order = 120;
export const work = "saturated Node HTTP server, agent on against off in 20 ms slices";
export const goal =
  "the 95 % interval includes 0; ≤ 0.05 % per sample a second with 64 busy sockets; p99 unchanged at half load";
export const needs = { packages: ["wrk"], peers: ["iproute2", "net-tools"] };

const connections = 64;
const sliceMs = 20;
/** What takes longer than a slice gets longer slices. */
const slowSliceMs = 200;
const warmUpMs = 4000;
/** In the on-slices the agent's clock runs at twice the speed, so that it does what is due on the whole. */
const twice = { unit: "agent", gainMs: 2 * sliceMs };
/** … and here so that an interval, with all that is read in it, is due in each. */
const onceASlice = { unit: "agent", gainMs: 50, env: { SOCKSCOPE_INTERVAL_MS: 50, SOCKSCOPE_SAMPLE_MS: 50 } };

const percent = (logRatio) => 100 * Math.expm1(logRatio);

/** Pairs of neighbours (off and on, on and off, …): the logarithm of the ratio of answers per time. */
const ratiosOf = (told) => {
  const rate = (slice) => told[2 * slice + 1] / told[2 * slice];
  const ratios = [];
  for (let slice = 0; 2 * slice + 3 < told.length; slice += 2) {
    const [off, on] = slice % 4 === 0 ? [slice, slice + 1] : [slice + 1, slice];
    if (rate(off) > 0 && rate(on) > 0) ratios.push(Math.log(rate(on) / rate(off)));
  }
  return ratios;
};
const percentOf = ({ mean, half95 }) => {
  const [value, low, high] = [mean, mean - half95, mean + half95].map(percent);
  return { value, low, high, confidence: 95, unit: "%" };
};

/** Answers a second, of a whole run. */
const rateOf = (told) => {
  const sum = (from) => told.filter((_, i) => i % 2 === from).reduce((all, value) => all + value, 0);
  return (1000 * sum(1)) / sum(0);
};

const startServer = ({ unit, env }) => {
  const own = unit === "agent" ? ownThread("sliced-thread.cjs") : {};
  return startChild("saturated.mjs", { ...own, cpu: 0, env: { ...own.env, SOCKSCOPE_LOG: "off", ...env } });
};

/** Server and agent on one core, load on the other. Percent of its answers. */
const measureUnit = async (one, seconds) => {
  const { unit, ms = sliceMs, gainMs } = one;
  const server = await startServer(one);
  const url = `http://127.0.0.1:${server.ready.port}/`;
  const load = ["-c", "1", "wrk", "-t1", `-c${connections}`, `-d${seconds + 60}s`, url];
  const wrk = spawn("taskset", load, { stdio: "ignore" });
  const ended = once(wrk, "exit");
  try {
    await sleep(warmUpMs);
    const count = Math.floor((seconds * 1000) / ms / 4) * 4;
    const before = readThreads(server.pid);
    const began = performance.now();
    const told = await server.ask({ what: "slices", unit, ms, count, gainMs });
    const passed = performance.now() - began;
    const { named } = usedBetween(before, readThreads(server.pid), "sockscope");
    const ratios = ratiosOf(told);
    const agent = { share: (100 * named.cpuMs) / passed, wakes: (1000 * named.sleeps) / passed };
    return {
      change: percentOf(robustMean(ratios)),
      plain: percentOf(plainMean(ratios)),
      perSecond: rateOf(told),
      agent,
    };
  } finally {
    wrk.kill();
    await ended;
    await server.stop();
  }
};

const times = ({ value, low, high, ...rest }, factor) => {
  const [one, other] = [low * factor, high * factor];
  return { ...rest, value: value * factor, low: Math.min(one, other), high: Math.max(one, other) };
};
/** The loss, as if the unit were done once a second and not in each on-slice; on a busy machine the agent misses some. */
const lossAtOneASecond = ({ change, agent: { wakes } }, { unit, ms = sliceMs }) => {
  const onSlices = 500 / ms;
  return times(change, -0.5 / (unit === "agent" ? Math.min(onSlices, wakes) : onSlices));
};

/** Where what the on-slices lose goes. */
const because = ({ change: { value }, agent: { share, wakes } }) =>
  `on-slices lose ${(-value).toFixed(2)} %; the agent's own thread has the core for ${(2 * share).toFixed(2)} % of their time ` +
  `(${share.toFixed(2)} % on the whole, ${wakes.toFixed(1)} wake-ups a second), the rest is what that costs the server beside: ` +
  "switches of threads, caches.";

/** p99 of requests that were sent in on-slices, of that in off-slices: a ratio for each of some stretches. */
const compareLatency = async (perSecond, stretches) => {
  const server = await startServer(twice);
  const load = await startChild("steady-load.mjs", { args: [server.ready.port, connections], cpu: 1 });
  try {
    await load.ask({ what: "begin", perSecond });
    await sleep(warmUpMs);
    const { at } = await server.ask({ what: "begin", ms: sliceMs, gainMs: twice.gainMs });
    await load.ask({ what: "slices", at, ms: sliceMs });
    const ratios = [];
    const [usual, observed] = [[], []];
    for (let i = 0; i < stretches; i += 1) {
      await sleep(2000);
      const [off, on] = (await load.ask({ what: "latencies" })).map((latencies) => quantile(latencies, 0.99));
      ratios.push(on / off);
      usual.push(off);
      observed.push(on);
    }
    return { ratio: summary(ratios), on: summary(observed), off: summary(usual), middle: robustMean(ratios) };
  } finally {
    await load.stop();
    await server.stop();
  }
};

const peers = [
  { unit: "ss", brief: "spawned `ss` each second", what: "`ss -tinm`, spawned once a second", needs: "iproute2" },
  {
    unit: "systeminformation",
    brief: "systeminformation",
    what: "systeminformation.networkConnections() once a second",
    needs: "net-tools",
  },
];
const comparePeers = async (has, seconds) => {
  const figures = [];
  for (const { unit, what, brief } of peers.filter((peer) => has(peer.needs))) {
    const measured = await measureUnit({ unit, ms: slowSliceMs }, seconds);
    figures.push({ what, brief, ...lossAtOneASecond(measured, { unit, ms: slowSliceMs }) });
  }
  return figures;
};

const latencyText = ({ on, off }) =>
  `p99 is ${on.value.toFixed(2)} ms in on-slices, ${off.value.toFixed(2)} ms in off-slices: a request that comes while the agent's thread has the core waits for it`;

export async function run({ quick, has }) {
  const [long, short] = quick ? [20, 10] : [120, 24];
  const usual = await measureUnit(twice, long);
  const often = await measureUnit(onceASlice, short);
  const sockets = await measureUnit({ unit: "sockets" }, short);
  const latency = await compareLatency(usual.perSecond / 2, quick ? 4 : 10);
  const { mean, half95 } = latency.middle;
  return {
    figures: [
      { what: "answers in on-slices against off-slices", brief: "answers", ...usual.change },
      {
        what: "… by which the 95 % interval is below 0",
        value: Math.max(0, -usual.change.high),
        unit: "%",
        atMost: 0,
        because: because(usual),
      },
      { what: "… the mean of all slices, none left out", ...usual.plain },
      { what: "… which on the whole is", ...times(usual.plain, 0.5) },
      {
        what: "loss for a report of the agent a second, all that is read for it, 64 busy sockets",
        brief: "loss for a sample a second",
        ...lossAtOneASecond(often, onceASlice),
        atMost: 0.05,
        because: because(often),
      },
      {
        what: "… for reading the 64 sockets alone, on the main thread",
        ...lossAtOneASecond(sockets, { unit: "sockets" }),
      },
      { what: "p99 at half load, on against off", brief: "p99", ...latency.ratio, unit: "×" },
      {
        what: "… by which the 95 % interval is above 1",
        value: Math.max(0, mean - half95 - 1),
        unit: "×",
        atMost: 0,
        because: `${latencyText(latency)}.`,
      },
    ],
    peers: [
      { what: "p99 at half load, off", ...latency.off, unit: "ms" },
      ...(await comparePeers(has, quick ? 8 : 12)),
    ],
    notes: [
      `${Math.round(usual.perSecond).toLocaleString("en")} answers a second over ${connections} connections; server with agent on one core, load on another.`,
      "On-slices are every other one: they hold twice the agent's work, so that on the whole it does what is due. A fifth of the slices at either end is left out of the first mean.",
    ],
  };
}
