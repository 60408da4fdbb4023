// The connections, those in most trouble first, with what waits in their queues.
import type { Frame, FrameConnection } from "../../export/frame/frame.js";
import { bar } from "./bars.js";
import { short, shortBytes, shortTime, whole } from "./figures.js";
import type { Column } from "./grid.js";
import { markOf } from "./marks.js";
import { findingsOfConnection, whyOf } from "./subjects.js";

const right = { align: "right" } as const;

/** A bar shows a queue against the longest one of all. */
const queueColumns = (
  head: string,
  of: (row: FrameConnection) => number | undefined,
  rows: readonly FrameConnection[],
): readonly Column<FrameConnection>[] => {
  const longest = Math.max(1, ...rows.map((row) => of(row) ?? 0));
  return [
    { head, ...right, width: 7, keep: 8, text: (row) => shortBytes(of(row)) },
    {
      head: "",
      width: [5, 12],
      keep: 1,
      text: (row, width) => {
        const queued = of(row);
        return queued === undefined ? undefined : bar(queued / longest, width);
      },
      style: () => "cyan",
    },
  ];
};

export const connectionColumns = (
  frame: Frame,
  rows: readonly FrameConnection[],
): readonly Column<FrameConnection>[] => [
  {
    head: "",
    width: 1,
    keep: 9,
    text: (row) => markOf(findingsOfConnection(row, frame)[0])[0],
    style: (row) => markOf(findingsOfConnection(row, frame)[0])[1],
  },
  {
    head: "peer",
    width: [9, 40],
    cut: "start",
    isSnug: true,
    keep: 10,
    text: ({ remote, local, transport }) => remote ?? (transport === "tcp" ? local : `${transport} ${local ?? ""}`),
  },
  { head: "local", width: [9, 40], cut: "start", isSnug: true, keep: 3, text: ({ local }) => local },
  { head: "pid", ...right, width: 7, keep: 2, isOptional: true, text: ({ pid }) => pid?.toString() },
  { head: "state", width: 10, keep: 4, text: ({ state, transport }) => state ?? transport },
  ...queueColumns("recv-Q", ({ recvQBytes }) => recvQBytes, rows),
  ...queueColumns("send-Q", ({ sendQBytes }) => sendQBytes, rows),
  { head: "rtt", ...right, width: 7, keep: 5, text: ({ rttMs }) => shortTime(rttMs) },
  {
    head: "retr",
    ...right,
    width: 5,
    keep: 5.5,
    text: ({ retransmitted }) => short(retransmitted),
    style: ({ retransmitted }) => (retransmitted ? "yellow" : undefined),
  },
  { head: "in/s", ...right, width: 7, keep: 3.6, text: ({ receiveRate }) => shortBytes(receiveRate) },
  { head: "out/s", ...right, width: 7, keep: 3.5, text: ({ sendRate }) => shortBytes(sendRate) },
  { head: "why", width: [16, 60], isSnug: true, keep: 7, text: (row, width) => whyOf(row, frame, width) ?? "" },
];

/** `1,204: 1,100 ESTAB, 60 CLOSE-WAIT, 44 udp`, the most frequent first. */
export const countedConnections = ({ connections }: Frame): string => {
  if (!connections) return "";
  const states = Object.entries(connections.byState).filter(([, n]) => n > 0);
  const parts = states.toSorted(([, a], [, b]) => b - a).map(([state, n]) => `${whole(n)} ${state}`);
  return `${whole(connections.total)}${parts.length > 0 ? `: ${parts.join(", ")}` : ""}`;
};
