// A server that has no time to spare, with the agent's work in every other slice of 20 ms: what it costs in answers.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { ownThread, sleep, startChild } from "../agent/child.mjs";
import { robustMean } from "../measure/interval.mjs";
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

/** What pairs of neighbours say (off and on, on and off, …): the logarithm of the ratio of answers per time. */
const compare = (told) => {
  const rate = (slice) => told[2 * slice + 1] / told[2 * slice];
  const ratios = [];
  for (let slice = 0; 2 * slice + 3 < told.length; slice += 2) {
    const [off, on] = slice % 4 === 0 ? [slice, slice + 1] : [slice + 1, slice];
    if (rate(off) > 0 && rate(on) > 0) ratios.push(Math.log(rate(on) / rate(off)));
  }
  return robustMean(ratios);
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
    const told = await server.ask({ what: "slices", unit, ms, count, gainMs });
    const { mean, half95 } = compare(told);
    const [value, low, high] = [mean, mean - half95, mean + half95].map(percent);
    return { value, low, high, perSecond: rateOf(told) };
  } finally {
    wrk.kill();
    await ended;
    await server.stop();
  }
};

/** The loss, as if the unit were done once a second. */
const lossAtOneASecond = ({ value, low, high }, ms) => {
  const of = (change) => (-change * ms) / 1000;
  return { value: of(value), low: of(high), high: of(low), unit: "%" };
};

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
    const usual = [];
    for (let i = 0; i < stretches; i += 1) {
      await sleep(2000);
      const [off, on] = (await load.ask({ what: "latencies" })).map((latencies) => quantile(latencies, 0.99));
      ratios.push(on / off);
      usual.push(off);
    }
    return { ratio: summary(ratios), off: summary(usual), middle: robustMean(ratios) };
  } finally {
    await load.stop();
    await server.stop();
  }
};

const peers = [
  { unit: "ss", what: "`ss -tinm`, spawned once a second", needs: "iproute2" },
  { unit: "systeminformation", what: "systeminformation.networkConnections() once a second", needs: "net-tools" },
];
const comparePeers = async (has, seconds) => {
  const figures = [];
  for (const { unit, what } of peers.filter((peer) => has(peer.needs))) {
    const change = await measureUnit({ unit, ms: slowSliceMs }, seconds);
    figures.push({ what, ...lossAtOneASecond(change, slowSliceMs) });
  }
  return figures;
};

export async function run({ quick, has }) {
  const [long, short] = quick ? [20, 10] : [120, 30];
  const change = await measureUnit(twice, long);
  const sample = lossAtOneASecond(await measureUnit(onceASlice, short), sliceMs);
  const latency = await compareLatency(change.perSecond / 2, quick ? 4 : 10);
  const { mean, half95 } = latency.middle;
  return {
    figures: [
      { what: "answers, on against off", value: change.value, low: change.low, high: change.high, unit: "%" },
      { what: "… by which the 95 % interval is below 0", value: Math.max(0, -change.high), unit: "%", atMost: 0 },
      { what: "loss for a sample a second, 64 busy sockets", ...sample, atMost: 0.05 },
      { what: "p99 at half load, on against off", ...latency.ratio, unit: "×" },
      { what: "… by which the 95 % interval is above 1", value: Math.max(0, mean - half95 - 1), unit: "×", atMost: 0 },
    ],
    peers: [
      { what: "p99 at half load, off", ...latency.off, unit: "ms" },
      ...(await comparePeers(has, quick ? 8 : 12)),
    ],
    notes: [
      `${Math.round(change.perSecond).toLocaleString("en")} answers a second over ${connections} connections; server with agent on one core, load on another.`,
    ],
  };
}
