// The result of a transfer for a person: what the calls returned, the queues over time, and what happened when.
import type { CallRecord, TransferResult } from "../../model/transfer/scenario.js";
import { count } from "../../explain/format.js";
import { figureLines } from "./cells.js";
import { chartColumns, chartLines, overTime } from "./chart.js";
import type { Figure } from "./figure.js";
import type { View } from "./finding.js";
import { type Moment, momentLines } from "./moments.js";

const calls = (result: TransferResult, call: CallRecord["call"]): string => {
  const made = result.calls.filter((one) => one.call === call);
  const outcomes = [...new Set(made.map(({ outcome }) => outcome))].map(
    (outcome) => `${made.filter((one) => one.outcome === outcome).length} ${outcome}`,
  );
  return made.length === 0 ? "" : ` by ${count(made.length, "call")}: ${outcomes.join(", ")}`;
};

const figures = (result: TransferResult): readonly (readonly [string, string])[] => {
  const { final, written, read, counters } = result;
  return [
    ["written", `${count(written, "byte")}${calls(result, "write")}`],
    ["read", `${count(read, "byte")}${calls(result, "read")}`],
    [
      "send queue",
      `${count(final.sendQ, "byte")}, ${final.notSent} of them not sent; memory ${final.wmemQueued} of ${final.sndbuf}`,
    ],
    ["receive queue", `${count(final.recvQ, "byte")}; memory ${final.rmem} of ${final.rcvbuf}`],
    ["window", `${count(final.window, "byte")} offered to the sender`],
    ...Object.entries(counters).map(([name, value]) => [name, String(value)] as const),
  ];
};

const callText = ({ side, call, asked, returned, outcome }: CallRecord): string =>
  `${side} ${call}(${asked}) = ${outcome === "would-block" ? "EAGAIN" : returned}${outcome === "complete" ? "" : `, ${outcome}`}`;

/** A call, and the moment at which a call that had to wait could go on. */
const momentsOfCall = (one: CallRecord): readonly Moment[] => [
  { at: one.at, text: `${callText(one)}${one.why === null ? "" : `: ${one.why}`}` },
  ...(one.resumedAt === null ? [] : [{ at: one.resumedAt, text: `${one.side} can ${one.call} again` }]),
];

const momentsOf = ({ calls: made, events }: TransferResult): readonly Moment[] => [
  ...made.flatMap(momentsOfCall),
  ...events.map(({ at, event, side, bytes }) => ({
    at,
    text: `${side} ${event}${bytes === undefined ? "" : ` ${bytes}`}`,
  })),
];

const queues = [
  ["sender's queue, not acknowledged, bytes", "sendQ"],
  ["receiver's queue, not read, bytes", "recvQ"],
  ["window offered, bytes", "window"],
] as const;

const charts = ({ timeline }: TransferResult, view: View): readonly string[] => {
  const until = `${timeline.at(-1)?.at ?? 0} s`;
  return queues.flatMap(([title, queue]) => [
    "",
    ...chartLines(
      {
        title,
        values: overTime(timeline, (entry) => entry[queue], chartColumns(view.width)),
        from: "0",
        until,
        rows: 3,
      },
      view,
    ),
  ]);
};

/** Lines for a terminal of this width. */
export const transferLines = (result: TransferResult, view: View): readonly string[] => [
  ...figureLines(figures(result)),
  ...charts(result, view),
  "",
  ...momentLines(momentsOf(result), view.width),
];

const outcomesOf = ({ calls: made }: TransferResult, outcome: CallRecord["outcome"]): number =>
  made.filter((one) => one.outcome === outcome).length;

/** Written before the first call that was not taken in full. */
const firstTaken = ({ calls: made }: TransferResult): number | null => {
  const writes = made.filter(({ call }) => call === "write");
  const stop = writes.findIndex(({ outcome }) => outcome !== "complete");
  if (stop === -1) return null;
  return writes.slice(0, stop + 1).reduce((sum, { returned }) => sum + returned, 0);
};

/** What a sweep shows of each run. */
export const transferFigures: readonly Figure<TransferResult>[] = [
  { name: "written", of: ({ written }) => written, isDrawn: true },
  { name: "read", of: ({ read }) => read },
  { name: "first stop", of: firstTaken, isDrawn: true },
  { name: "partial", of: (result) => outcomesOf(result, "partial") },
  { name: "would-block", of: (result) => outcomesOf(result, "would-block") },
  { name: "send queue", of: ({ final }) => final.sendQ },
  { name: "receive queue", of: ({ final }) => final.recvQ, isDrawn: true },
  { name: "window", of: ({ final }) => final.window },
];
