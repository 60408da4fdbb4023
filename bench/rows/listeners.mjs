// Every listener of the network namespace, while N connections stand: beside a bare LISTEN dump, and flat in N.
import { openDiag } from "sockscope/kernel";
import { alternate, nsPerCall } from "../measure/alternate.mjs";
import { hold } from "../measure/hold.mjs";
import { inProcess } from "../measure/raw.mjs";
import { ratio, summary } from "../measure/statistics.mjs";
import { beside, besideRaw, named, packagesOf } from "../peers/peers.mjs";

export const id = "listeners";
export const order = 30;
export const work = "listeners of the whole namespace";
export const goal = "≤ 1.5 × the raw LISTEN dump and flat: t(100k connections) ≤ 1.5 × t(100)";
const others = ["ss -ltnm", "raindrops, all listeners", "pyroute2, listeners"];
export const needs = { peers: packagesOf(others) };

const LISTEN = 1 << 10;
const SKMEMINFO = 1 << 6;
const calls = 200;

async function measureAt(connections, { quick, has }) {
  const raw = inProcess();
  const held = await hold({ connections, pending: 37, backlog: 128 });
  const diag = openDiag();
  const seen = diag.listeners().rows.find(({ port }) => port === held.pendingPort);
  if (seen?.length !== 37) throw new Error(`37 connections wait, ${seen?.length} were seen`);
  const costs = await alternate(
    {
      raw: () => raw.dump(LISTEN, SKMEMINFO, calls)[0],
      ours: () => nsPerCall(() => diag.listeners(), calls),
    },
    { rounds: quick ? 21 : 51, warmUp: 5 },
  );
  const peers = await beside(others, { samples: quick ? 5 : 11, has });
  diag.close();
  await held.stop();
  return { connections, costs, peers };
}

const because = ({ ours, raw }) => {
  const [own, bare] = [summary(ours).value / 1000, summary(raw).value / 1000];
  return `the raw dump takes ${bare.toFixed(1)} µs; ${(own - bare).toFixed(1)} µs more are two requests sent, and the rows made of the answer.`;
};

export async function run(context) {
  const counts = context.quick ? [100, 10_000] : [100, 1000, 10_000, 100_000];
  const measured = [];
  for (const count of counts) measured.push(await measureAt(count, context));
  const [least, most] = [measured[0], measured.at(-1)];
  const micros = ({ costs }) => costs.ours.map((ns) => ns / 1000);
  const series = (name, of) => ({ name, points: measured.map((one) => [one.connections, of(one)]) });
  return {
    figures: [
      ...measured.map(({ connections, costs }) => ({
        what: named(connections),
        brief: "beside the raw dump",
        ...ratio(costs.ours, costs.raw),
        unit: "×",
        atMost: 1.5,
        because: because(costs),
      })),
      ...measured.map((one) => ({ what: `${named(one.connections)}, one look`, ...summary(micros(one)), unit: "µs" })),
      {
        what: `${named(most.connections)} beside ${named(least.connections)}`,
        brief: `from ${least.connections} to ${named(most.connections)}`,
        ...ratio(most.costs.ours, least.costs.ours),
        unit: "×",
        atMost: 1.5,
      },
    ],
    peers: besideRaw(measured),
    charts: [
      {
        id,
        title: "All listeners, while N connections stand",
        xLabel: "connections",
        yLabel: "µs a look",
        series: [
          series("sockscope", (one) => summary(micros(one)).value),
          series("raw LISTEN dump in C", ({ costs }) => summary(costs.raw).value / 1000),
          ...least.peers.map(({ what }, i) => series(what, ({ peers }) => peers[i].value * 1000)),
        ],
      },
    ],
  };
}
