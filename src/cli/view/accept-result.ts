// The result of an accept scenario for a person: what became of the clients, the counters, and the course of it.
import type { AcceptResult, Outcome, TimelineEntry } from "../../model/index.js";
import { cellLines, figureLines } from "./cells.js";
import type { View } from "./finding.js";
import type { Figure } from "./figure.js";

const outcomes: readonly Outcome[] = [
  "accepted",
  "queued",
  "deferred",
  "ghost",
  "reset",
  "timed-out",
  "no-port",
  "pending",
];
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

const heads = ["at", "queue", "SYN queue", "accepted", "overflows", "drops"];

const course = (result: AcceptResult, width: number): readonly string[] => {
  const entries = thin(result.timeline);
  const [head, ...lines] = cellLines(
    heads,
    entries.map((entry) =>
      [entry.at.toFixed(3), entry.acceptQueue, entry.synQueue, entry.accepted, entry.overflows, entry.drops].map(
        String,
      ),
    ),
  );
  const bar = Math.max(narrowestBar, Math.min(40, width - head!.length - 2));
  return [
    head!,
    ...lines.map((line, row) => {
      const share = entries[row]!.acceptQueue / (result.limit + 1);
      return `${line}  ${"█".repeat(Math.round(share * bar))}`.trimEnd();
    }),
  ];
};

/** Lines for a terminal of this width. */
export const acceptLines = (result: AcceptResult, { width }: View): readonly string[] => [
  ...figureLines(figures(result)),
  "",
  ...course(result, width),
];

/** What a sweep shows of each run. */
export const acceptFigures: readonly Figure<AcceptResult>[] = [
  { name: "clients", of: ({ arrivals }) => arrivals },
  { name: "accepted", of: ({ accepted }) => accepted },
  { name: "repeated a SYN", of: ({ retried }) => retried },
  { name: "overflows", of: ({ overflows }) => overflows },
  { name: "listener drops", of: ({ listenerDrops }) => listenerDrops, isDrawn: true },
  { name: "ghosts", of: ({ ghosts }) => ghosts },
  { name: "resets", of: ({ resets }) => resets },
  { name: "peak queue", of: ({ peakAcceptQueue }) => peakAcceptQueue },
  { name: "wait p95 ms", of: ({ wait }) => (wait.p95 === null ? null : Math.round(wait.p95 * 1000)), isDrawn: true },
];
