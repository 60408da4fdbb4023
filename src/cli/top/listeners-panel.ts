// The listeners with their accept queues as bars against what fits.
import type { Frame, FrameListener } from "../../export/frame/frame.js";
import type { Style } from "../view/paint.js";
import { bar, trend } from "./bars.js";
import { short, shortTime, whole } from "./figures.js";
import type { Column } from "./grid.js";
import { markOf } from "./marks.js";
import type { TopState } from "./state.js";
import { findingsOfListener, placesIn } from "./subjects.js";

/** Per second, from what an interval counted. */
export const perSecond = (n: number | undefined, { intervalMs }: Frame): number | undefined =>
  n === undefined || intervalMs === undefined ? undefined : (n / intervalMs) * 1000;

const styleOf = (row: FrameListener, frame: Frame): Style | undefined => {
  const [gravest] = findingsOfListener(row, frame);
  if (gravest) return markOf(gravest)[1];
  return row.dropped ? "red" : row.length > 0 ? "green" : undefined;
};

const newDrops = (row: FrameListener): string | undefined =>
  row.dropped === undefined ? undefined : row.dropped === 0 ? "0" : `+${short(row.dropped)}`;

export const listenerColumns = ({ trends }: TopState, frame: Frame): readonly Column<FrameListener>[] => {
  const right = { align: "right" } as const;
  return [
    {
      head: "",
      width: 1,
      keep: 9,
      text: (row) => markOf(findingsOfListener(row, frame)[0])[0],
      style: (row) => styleOf(row, frame),
    },
    { head: "listener", width: [9, 44], cut: "start", isSnug: true, keep: 10, text: ({ id }) => id },
    { head: "pid", ...right, width: 7, keep: 3, isOptional: true, text: ({ pid }) => pid?.toString() },
    {
      head: "",
      width: [6, 40],
      keep: 5.5,
      text: (row, width) => bar(row.length / placesIn(row), width),
      style: (row) => styleOf(row, frame),
    },
    {
      head: "queue",
      ...right,
      width: [9, 13],
      isSnug: true,
      keep: 8,
      text: (row) => `${whole(row.length)}/${whole(placesIn(row))}`,
    },
    { head: "peak", ...right, width: 6, keep: 5, text: ({ peak }) => whole(peak) },
    {
      head: "new",
      ...right,
      width: 6,
      keep: 7,
      text: newDrops,
      style: ({ dropped }) => (dropped ? "red" : undefined),
    },
    { head: "drops", ...right, width: 6, keep: 4, text: ({ drops }) => short(drops) },
    {
      head: "accept/s",
      ...right,
      width: 8,
      keep: 3.5,
      isOptional: true,
      text: ({ accepted }) => short(perSecond(accepted, frame)),
    },
    { head: "oldest", ...right, width: 7, keep: 6, text: ({ oldestMs }) => shortTime(oldestMs) },
    { head: "SYNs", ...right, width: 5, keep: 2, text: ({ synRecv }) => short(synRecv) },
    {
      head: "trend",
      width: [10, 60],
      keep: 1,
      text: (row, width) => trend(trends.get(row.id) ?? [], placesIn(row), width),
      style: () => "dim",
    },
  ];
};
