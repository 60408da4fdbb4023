// N own sockets, everything that they tell, in one call: beside the same system calls in C on the same descriptors.
import { createColumns, everyColumn, fdOf, readSockets, SocketTable } from "sockscope/kernel";
import { accepted } from "../measure/accepted.mjs";
import { alternate, heapPerCall, nsPerCall } from "../measure/alternate.mjs";
import { inProcess } from "../measure/raw.mjs";
import { ratio, scaled, summary } from "../measure/statistics.mjs";
import { beside, packagesOf } from "../peers/peers.mjs";

export const id = "own-sockets";
export const order = 10;
export const work = "N own sockets, everything (tcp_info, meminfo, queues, cookie), in one call";
export const goal =
  "≤ 1.1 × the same system calls in C as bytes, ≤ 1.35 × with every column decoded, no heap per socket";
const others = ["raindrops TCP_Info#get!, 1,000 sockets", "raindrops TCP_Info#get! and its fields read, 1,000 sockets"];
export const needs = { peers: packagesOf(others) };

/** Bits of bench/raw/in-process/own_sockets.c. */
const naive = 0b0111110;
const same = 0b1011111;
const infoAlone = 0b0000010;

async function measureAt(count, rounds) {
  const raw = inProcess();
  const { sockets, close } = await accepted(count);
  const fds = Int32Array.from(sockets, fdOf);
  const into = new SocketTable(count);
  const { tcpInfo, memInfo } = everyColumn;
  const columns = createColumns({ tcpInfo, memInfo }, count);
  const passes = Math.max(1, Math.round(2000 / count));
  const costs = await alternate(
    {
      same: () => raw.ownSockets(fds, same, passes),
      naive: () => raw.ownSockets(fds, naive, passes),
      info: () => raw.ownSockets(fds, infoAlone, passes),
      bytes: () => nsPerCall(() => readSockets(fds, { into }), passes),
      columns: () =>
        nsPerCall(() => {
          readSockets(fds, { into });
          into.readColumns(columns);
        }, passes),
      objects: () => nsPerCall(() => readSockets(sockets, { into }), passes),
    },
    { rounds, warmUp: 5 },
  );
  const heap = heapPerCall(() => readSockets(fds, { into }), 100);
  await close();
  return { count, costs, heap };
}

const named = (count) => `${count.toLocaleString("en")} sockets`;

const because = (costs) => {
  const [bytes, columns] = [costs.bytes, costs.columns].map((ours) => ratio(ours, costs.same).value);
  return `beside the same calls in C (1) the call as bytes is ${bytes.toFixed(2)}; filling the columns adds ${(columns - bytes).toFixed(2)}.`;
};

const figuresOf = ({ count, costs, heap }) => [
  {
    what: `${named(count)} as bytes`,
    brief: "as bytes",
    ...ratio(costs.bytes, costs.same),
    unit: "×",
    atMost: 1.1,
    because: because(costs),
  },
  {
    what: `${named(count)}, every column decoded`,
    brief: "every column",
    ...ratio(costs.columns, costs.same),
    unit: "×",
    atMost: 1.35,
    because: because(costs),
  },
  { what: `${named(count)} as bytes, beside the naive five calls`, ...ratio(costs.bytes, costs.naive), unit: "×" },
  { what: `${named(count)}, given as net.Socket`, ...ratio(costs.objects, costs.same), unit: "×" },
  { what: `${named(count)}, a socket`, ...summary(costs.bytes.map((ns) => ns / count)), unit: "ns" },
  {
    what: `${named(count)}, JavaScript heap a socket`,
    brief: "heap a socket",
    value: heap / count,
    unit: "bytes",
    atMost: 1,
  },
];

export async function run({ quick, has }) {
  const counts = quick ? [100, 1000] : [100, 1000, 10_000];
  const measured = [];
  for (const count of counts) measured.push(await measureAt(count, quick ? 31 : 101));
  const peers = await beside(others, { samples: quick ? 11 : 31, has });
  const thousand = measured.find(({ count }) => count === 1000);
  const points = (variant) => measured.map(({ count, costs }) => [count, summary(costs[variant]).value / 1000]);
  return {
    figures: measured.flatMap(figuresOf),
    // They read TCP_INFO alone.
    peers: peers.map((peer) => scaled(peer, 1e6 / summary(thousand.costs.info).value, "× TCP_INFO alone")),
    charts: [
      {
        id,
        title: "Reading N own sockets",
        xLabel: "sockets",
        yLabel: "µs a call",
        series: [
          { name: "sockscope", points: points("bytes") },
          { name: "the same calls in C", points: points("same") },
          { name: "the naive five in C", points: points("naive") },
        ],
      },
    ],
  };
}
