// Every TCP socket of the namespace with all that it tells, as columns, each socket once: beside the bare dump in C, which
// only receives and steps over the messages.
import { createColumns, everyColumn, openDiag } from "sockscope/kernel";
import { alternate, heapPerCall, nsPerCall } from "../measure/alternate.mjs";
import { hold } from "../measure/hold.mjs";
import { inProcess } from "../measure/raw.mjs";
import { ratio, summary } from "../measure/statistics.mjs";
import { beside, besideRaw, named, packagesOf } from "../peers/peers.mjs";

export const id = "socket-dump";
export const order = 40;
export const work = "dump of N sockets, typed columns, de-duplicated by cookie";
export const goal =
  "≤ 1.3 × the raw dump in C at 10k and 100k connections, ≤ 1.5 × at 1k; heap ≤ 1 KB a dump; streamed";
const others = [
  "ss -tinm",
  "node_exporter tcpstat (counts of states)",
  "systeminformation networkConnections",
  "pyroute2, dump",
];
export const needs = { peers: packagesOf(others) };

/** All states but TIME-WAIT and SYN-RECV, as the product asks for by default; INFO and SKMEMINFO. */
const states = 0xfb6;
const attributes = 0b1000010;

/** What a reader does who wants every figure: all columns of every part. */
function createReader(diag) {
  const columns = createColumns(everyColumn);
  let sockets = 0;
  const take = (part) => {
    sockets += part.length;
    part.readColumns(columns);
  };
  return () => {
    sockets = 0;
    const reason = diag.parts({}, take);
    if (reason) throw new Error(reason);
    return sockets;
  };
}

async function measureAt(connections, { quick, has }) {
  const raw = inProcess();
  const held = await hold({ connections });
  const diag = openDiag();
  const read = createReader(diag);
  const told = [raw.dump(states, attributes, 1)[1], read()];
  if (told[0] !== told[1] || told[0] < 2 * connections) throw new Error(`sockets told: ${told.join(", ")}`);
  const dumps = Math.max(1, Math.round(4000 / connections));
  const costs = await alternate(
    {
      raw: () => raw.dump(states, attributes, dumps)[0],
      columns: () => nsPerCall(read, dumps),
      once: () => nsPerCall(() => diag.parts({}, () => {}), dumps),
    },
    { rounds: connections >= 50_000 ? 9 : quick ? 15 : 31, warmUp: 3 },
  );
  const heap = heapPerCall(read, 2 * dumps + 3);
  const samples = connections >= 50_000 ? 2 : quick ? 3 : 5;
  const peers = await beside(
    others.filter((name) => connections <= 10_000 || !/systeminformation|pyroute2/.test(name)),
    { samples, has },
  );
  diag.close();
  await held.stop();
  return { connections, sockets: told[0], costs, heap, peers };
}

/** What each part adds to receiving the messages. */
const because = ({ columns, once, raw }) => {
  const [seen, read] = [ratio(once, raw).value - 1, ratio(columns, raw).value - ratio(once, raw).value];
  return `beside the raw dump (1), stepping over messages and seeing each cookie once adds ${seen.toFixed(2)}, filling the columns ${read.toFixed(2)}.`;
};

function figuresOf({ connections, sockets, costs, heap }) {
  const label = named(connections);
  return [
    {
      what: `${label}, every column`,
      brief: "every column",
      ...ratio(costs.columns, costs.raw),
      unit: "×",
      atMost: connections < 10_000 ? 1.5 : 1.3,
      because: because(costs),
    },
    { what: `${label}, each socket once, no column read`, ...ratio(costs.once, costs.raw), unit: "×" },
    { what: `${label}, a socket`, ...summary(costs.columns.map((ns) => ns / sockets)), unit: "ns" },
    { what: `${label}, JavaScript heap a dump`, brief: "heap a dump", value: heap / 1024, unit: "KB", atMost: 1 },
  ];
}

export async function run(context) {
  const counts = context.quick ? [1000, 10_000] : [1000, 10_000, 100_000];
  const measured = [];
  for (const count of counts) measured.push(await measureAt(count, context));
  const series = (name, of) => ({
    name,
    points: measured.filter((one) => of(one) !== undefined).map((one) => [one.connections, of(one)]),
  });
  return {
    figures: measured.flatMap(figuresOf),
    peers: besideRaw(measured),
    charts: [
      {
        id,
        title: "A dump of all sockets, while N connections stand",
        xLabel: "connections",
        yLabel: "ms of CPU a dump",
        series: [
          series("sockscope, every column", ({ costs }) => summary(costs.columns).value / 1e6),
          series("raw dump in C", ({ costs }) => summary(costs.raw).value / 1e6),
          ...measured[0].peers.map(({ what }) =>
            series(what, ({ peers }) => peers.find((peer) => peer.what === what)?.value),
          ),
        ],
      },
    ],
  };
}
