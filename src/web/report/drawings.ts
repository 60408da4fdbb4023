// The charts of a report: those of the live page, with the finding's time marked, and two about connections. No DOM.
import type { Finding } from "../../explain/finding.js";
import type { Frame } from "../../export/frame/frame.js";
import { chartTable, type Drawing } from "../parts/chart-table.js";
import { functionName, type Mark, type Series } from "../parts/series.js";
import { size, tally } from "../parts/units.js";
import { type Stall, stallsOf } from "./stalls.js";

const lasted = ({ symptom, firstSeen, lastSeen }: Finding): Mark => ({
  from: firstSeen / 1000,
  to: Math.max(lastSeen, firstSeen + 500) / 1000,
  label: symptom,
});

const stallMark = ({ from, to, where }: Stall): Mark => ({
  from: from / 1000,
  to: to / 1000,
  label: functionName(where) ?? where,
});

/** The loop's chart marks the stalls, in their whole length. */
const marked = (drawing: Drawing, finding: Finding | undefined): Drawing => {
  if (drawing.id === "loop")
    return {
      ...drawing,
      read: (frames, listener) => ({ ...drawing.read(frames, listener), marks: stallsOf(frames).map(stallMark) }),
    };
  if (!finding) return drawing;
  const mark = lasted(finding);
  return {
    ...drawing,
    read: (frames, listener) => {
      const series = drawing.read(frames, listener);
      return { ...series, marks: [...series.marks, mark] };
    },
  };
};

/** Those of which the frames have anything. */
export const drawingsFor = (frames: readonly Frame[], finding: Finding | undefined): readonly Drawing[] => {
  const hasListeners = frames.some(({ listeners }) => listeners.length > 0);
  const hasConnections = frames.some(({ connections }) => connections !== undefined);
  const hasLoops = frames.some(({ loops }) => loops.some(({ idleShare }) => idleShare !== undefined));
  const isShown = ({ id }: Drawing): boolean =>
    id === "loop" ? hasLoops : connectionDrawings.some((one) => one.id === id) ? hasConnections : hasListeners;
  return [...chartTable, ...connectionDrawings].filter(isShown).map((drawing) => marked(drawing, finding));
};

type Connections = NonNullable<Frame["connections"]>;

/** Frames without a look at connections are left out: those looks are rarer. */
const connectionSeries = (
  frames: readonly Frame[],
  read: (connections: Connections) => readonly number[],
  says: (most: readonly number[]) => string,
  width: number,
): Series => {
  const looks = frames.flatMap(({ time, connections }) => (connections ? [{ time, row: read(connections) }] : []));
  const column = (n: number): readonly number[] => looks.map(({ row }) => row[n] ?? 0);
  const columns = Array.from({ length: width }, (_, n) => column(n));
  return {
    columns: [looks.map(({ time }) => time / 1000), ...columns],
    marks: [],
    says: says(columns.map((values) => Math.max(0, ...values))),
  };
};

const connectionDrawings: readonly Drawing[] = [
  {
    id: "waiting",
    title: "Bytes that wait in sockets",
    unit: "bytes",
    lines: [
      { label: "to be sent", stroke: "--warn", fill: "--warn-fill", shape: "line" },
      { label: "to be read", stroke: "--loop", shape: "line" },
    ],
    least: 10_000,
    write: size,
    read: (frames) =>
      connectionSeries(
        frames,
        ({ sendQBytes, recvQBytes }) => [sendQBytes, recvQBytes],
        ([sent = 0, read = 0]) => `At most ${size(sent)} waited to be sent and ${size(read)} to be read`,
        2,
      ),
  },
  {
    id: "connections",
    title: "Connections",
    unit: "sockets that are no listeners",
    lines: [{ label: "open", stroke: "--calm", fill: "--calm-fill", shape: "step" }],
    least: 4,
    write: tally,
    read: (frames) =>
      connectionSeries(
        frames,
        ({ total }) => [total],
        ([most = 0]) => `At most ${tally(most)} connections`,
        1,
      ),
  },
];
