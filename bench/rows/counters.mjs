// The counters that are read many times a second: beside pread(2) of the same open files and a parser in C.
import { openNetstat, openSnmp, openSockstat, openSoftnet } from "sockscope/kernel";
import { alternate, heapPerCall, nsPerCall } from "../measure/alternate.mjs";
import { inProcess } from "../measure/raw.mjs";
import { ratio, scaled, summary } from "../measure/statistics.mjs";
import { beside, packagesOf } from "../peers/peers.mjs";

export const id = "counters";
export const order = 50;
export const work = "netstat + snmp + softnet + sockstat";
export const goal = "≤ 1.5 × raw pread and parse in C";
const others = ["nstat -as", "node_exporter netstat, sockstat, softnet"];
export const needs = { peers: packagesOf(others) };

const files = [
  { name: "netstat", paths: ["netstat"], base: 10, open: openNetstat },
  { name: "snmp", paths: ["snmp"], base: 10, open: openSnmp },
  { name: "softnet_stat", paths: ["softnet_stat"], base: 16, open: openSoftnet },
  { name: "sockstat, sockstat6", paths: ["sockstat", "sockstat6"], base: 10, open: openSockstat },
];
const reads = 20;

const sum = (values) => values.reduce((all, value) => all + value, 0);
/** Of two lists of costs, round by round. */
const added = (lists) => lists[0].map((_, round) => sum(lists.map((list) => list[round])));

export async function run({ quick, has }) {
  const raw = inProcess();
  const readers = files.map(({ open }) => open());
  const variants = files.flatMap(({ name, paths, base }, i) => [
    [`raw ${name}`, () => sum(paths.map((path) => raw.procFiles(`/proc/net/${path}`, base, reads)[0]))],
    [`ours ${name}`, () => nsPerCall(() => readers[i].read(), reads)],
  ]);
  const costs = await alternate(Object.fromEntries(variants), { rounds: quick ? 51 : 301, warmUp: 20 });
  const of = (who) => files.map(({ name }) => costs[`${who} ${name}`]);
  const [ours, theirs] = [added(of("ours")), added(of("raw"))];
  const heap = heapPerCall(() => readers.map((reader) => reader.read()), 100);
  for (const reader of readers) reader.close();
  const micros = summary(theirs).value / 1000;
  const because = `${files.map(({ name }, i) => `${name} ${ratio(of("ours")[i], of("raw")[i]).value.toFixed(2)} ×`).join(", ")}, of ${micros.toFixed(0)} µs in C together.`;
  const peers = await beside(others, { samples: quick ? 7 : 21, has });
  return {
    figures: [
      { what: "all five files", brief: "beside C", ...ratio(ours, theirs), unit: "×", atMost: 1.5, because },
      ...files.map(({ name }, i) => ({ what: name, ...ratio(of("ours")[i], of("raw")[i]), unit: "×" })),
      { what: "one reading", ...summary(ours.map((ns) => ns / 1000)), unit: "µs" },
      { what: "the same in C", ...summary(theirs.map((ns) => ns / 1000)), unit: "µs" },
      { what: "JavaScript heap a reading", value: heap / 1024, unit: "KB" },
    ],
    peers: peers.map((peer) => scaled(peer, 1000 / micros, "×")),
  };
}
