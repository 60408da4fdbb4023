// The result of a NIC scenario for a person: interrupts and polls, where packets were lost, each CPU, and the queues.
import type { NicResult } from "../../model/nic/scenario.js";
import { count, percent } from "../../explain/format.js";
import { cellLines, figureLines } from "./cells.js";
import { chartColumns, chartLines, overTime } from "./chart.js";
import type { Figure } from "./figure.js";
import type { View } from "./finding.js";
import { momentLines } from "./moments.js";

const microseconds = (seconds: number | null): string => (seconds === null ? "–" : `${Math.round(seconds * 1e6)} µs`);

const figures = (result: NicResult): readonly (readonly [string, string])[] => [
  ["packets", `${result.arrivals} came, ${result.received} taken, ${result.processed} handed to the protocols`],
  ["interrupts", `${result.interrupts}; ${percent(result.pollingShare)} of the packets came without one of their own`],
  [
    "polls",
    `${result.polls}: ${result.fullPolls} full, ${result.emptyPolls} empty; ${result.packetsPerPoll.toFixed(2)} packets a poll`,
  ],
  ["ring drops", count(result.ringDrops, "packet")],
  ["backlog drops", `${count(result.backlogDrops, "packet")} (netdev_max_backlog)`],
  ["time_squeeze", String(result.timeSqueeze)],
  [
    "wait",
    `median ${microseconds(result.wait.p50)}, 95th percentile ${microseconds(result.wait.p95)}, longest ${microseconds(result.wait.max)}`,
  ],
  ["busiest CPU", `${percent(result.busyShare)} of the time in interrupts and softirqs`],
];

const heads = ["CPU", "interrupts", "interrupt", "softirq", "in ksoftirqd", "programs", "idle", "processed", "dropped"];

const cpuLines = ({ cpus }: NicResult): readonly string[] =>
  cellLines(
    heads,
    cpus.map(({ cpu, interrupts, softnet, ...shares }) => [
      String(cpu),
      String(interrupts),
      ...[shares.irqShare, shares.softirqShare, shares.ksoftirqdShare, shares.programShare, shares.idleShare].map(
        percent,
      ),
      String(softnet.processed),
      String(softnet.dropped),
    ]),
  );

const queues = [
  ["packets that wait in the rings", "ring"],
  ["packets that wait in the backlogs of CPUs", "softnetBacklog"],
] as const;

const charts = ({ timeline }: NicResult, view: View): readonly string[] =>
  queues.flatMap(([title, queue]) => {
    const values = overTime(timeline, (entry) => entry[queue], chartColumns(view.width));
    const until = `${timeline.at(-1)?.at ?? 0} s`;
    return values.some((value) => value > 0)
      ? ["", ...chartLines({ title, values, from: "0", until, rows: 3 }, view)]
      : [];
  });

/** Lines for a terminal of this width. */
export const nicLines = (result: NicResult, view: View): readonly string[] => [
  ...figureLines(figures(result)),
  "",
  ...cpuLines(result),
  ...charts(result, view),
  "",
  ...momentLines(
    result.events.map(({ at, cpu, event }) => ({ at, text: `CPU ${cpu}: ${event}` })),
    view.width,
  ),
];

/** What a sweep shows of each run. */
export const nicFigures: readonly Figure<NicResult>[] = [
  { name: "packets", of: ({ arrivals }) => arrivals },
  { name: "interrupts", of: ({ interrupts }) => interrupts },
  { name: "packets/poll", of: ({ packetsPerPoll }) => packetsPerPoll, isDrawn: true },
  { name: "polling share", of: ({ pollingShare }) => pollingShare },
  { name: "ring drops", of: ({ ringDrops }) => ringDrops, isDrawn: true },
  { name: "backlog drops", of: ({ backlogDrops }) => backlogDrops, isDrawn: true },
  { name: "squeezes", of: ({ timeSqueeze }) => timeSqueeze },
  { name: "busy", of: ({ busyShare }) => busyShare, isDrawn: true },
];
