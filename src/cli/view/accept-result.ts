// The result of an accept scenario for a person: what became of the clients, the counters, and the course of it.
import type { AcceptResult, Outcome, TimelineEntry } from "../../model/index.js";

const outcomes: readonly Outcome[] = ["accepted", "queued", "ghost", "reset", "timed-out", "pending"];
const mostRows = 20;
const narrowestBar = 10;

const milliseconds = (seconds: number | null): string => (seconds === null ? "–" : `${Math.round(seconds * 1000)} ms`);

const clients = ({ arrivals, connects, connectsOmitted }: AcceptResult): string => {
  const counts = outcomes
    .map((outcome) => [connects.filter((connect) => connect.outcome === outcome).length, outcome] as const)
    .filter(([count]) => count > 0);
  const listed = counts.map(([count, outcome]) => `${count} ${outcome}`).join(", ");
  return `${arrivals}${listed && `: ${listed}`}${connectsOmitted > 0 ? ` (of the first ${connects.length})` : ""}`;
};

const figures = (result: AcceptResult): readonly (readonly [string, string])[] => [
  ["clients", clients(result)],
  ["accept queue", `limit ${result.limit}, ${result.limit + 1} fit, at most ${result.peakAcceptQueue} waited`],
  ["accepted", `${result.accepted} of ${result.admitted} admitted`],
  [
    "wait",
    `median ${milliseconds(result.wait.p50)}, 95th percentile ${milliseconds(result.wait.p95)}, longest ${milliseconds(result.wait.max)}`,
  ],
  ["listener drops", `${result.listenerDrops} segments (SO_MEMINFO[8])`],
  ...Object.entries(result.counters).map(([name, value]) => [name, String(value)] as const),
];

/** At most so many rows, the first and the last among them. */
const thin = (timeline: readonly TimelineEntry[]): readonly TimelineEntry[] => {
  if (timeline.length <= mostRows) return timeline;
  return Array.from({ length: mostRows }, (_, row) => {
    return timeline[Math.round((row * (timeline.length - 1)) / (mostRows - 1))]!;
  });
};

const course = (result: AcceptResult, width: number): readonly string[] => {
  const columns = ["at", "queue", "SYN queue", "accepted", "overflows", "drops"];
  const rows = thin(result.timeline).map((entry) => ({
    cells: [entry.at.toFixed(3), entry.acceptQueue, entry.synQueue, entry.accepted, entry.overflows, entry.drops].map(
      String,
    ),
    share: entry.acceptQueue / (result.limit + 1),
  }));
  const widths = columns.map((name, index) => Math.max(name.length, ...rows.map(({ cells }) => cells[index]!.length)));
  const line = (cells: readonly string[]): string =>
    `  ${cells.map((cell, index) => cell.padStart(widths[index]!)).join("  ")}`;
  const bar = Math.max(narrowestBar, Math.min(40, width - line(columns).length - 2));
  return [
    line(columns),
    ...rows.map(({ cells, share }) => `${line(cells)}  ${"█".repeat(Math.round(share * bar))}`.trimEnd()),
  ];
};

/** Lines for a terminal of this width. */
export const resultLines = (result: AcceptResult, width: number): readonly string[] => {
  const rows = figures(result);
  const left = Math.max(...rows.map(([name]) => name.length));
  return [...rows.map(([name, text]) => `${name.padEnd(left)}  ${text}`), "", ...course(result, width)];
};
