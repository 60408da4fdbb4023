// What happened when, as a list that a person reads from top to bottom: findings that begin and end, queues that are full and
// empty again, stalls with the function that was found. Pure.
import type { Finding } from "../../explain/finding.js";
import { subjectText } from "../../explain/finding-words.js";
import { count, duration } from "../../explain/format.js";
import type { Frame, FrameListener } from "../../export/frame/frame.js";
import { type Stall, stallsOf } from "./stalls.js";

export interface Moment {
  /** Epoch ms. */
  readonly time: number;
  readonly kind: "began" | "ended" | "full" | "empty" | "stall";
  readonly text: string;
}

const findingMoments = (finding: Finding): readonly Moment[] => {
  const { symptom, cause, severity, state, firstSeen, lastSeen, subject } = finding;
  const where = subjectText(subject);
  return [
    { time: firstSeen, kind: "began", text: `${severity}: ${symptom} begins (${cause}), ${where}` },
    ...(state === "resolved" ? [{ time: lastSeen, kind: "ended", text: `${symptom} ends, ${where}` } as const] : []),
  ];
};

const stallMoment = ({ from, to, where }: Stall): Moment => ({
  time: from,
  kind: "stall",
  text: `the event loop stands still for ${duration(to - from)}: ${where}`,
});

/** Follows one listener from full to empty. */
const queueMoments = (id: string, rows: readonly (readonly [number, FrameListener])[]): readonly Moment[] => {
  const moments: Moment[] = [];
  let isFull = false;
  let dropped = 0;
  const see = (time: number, length: number, lost: number, { limit, members = 1 }: FrameListener): void => {
    if (isFull) dropped += lost;
    if (!isFull && length >= limit + members) {
      isFull = true;
      dropped = lost;
      moments.push({ time, kind: "full", text: `the accept queue of ${id} is full: ${length} wait, limit ${limit}` });
    } else if (isFull && length === 0) {
      isFull = false;
      moments.push({ time, kind: "empty", text: `the accept queue of ${id} is empty again; ${toll(dropped)}` });
    }
  };
  for (const [time, row] of rows)
    for (const [beforeMs, length, lost] of row.points) see(time - beforeMs, length, lost, row);
  return moments;
};

const toll = (dropped: number): string =>
  dropped === 0 ? "nothing was dropped" : `${count(dropped, "segment")} dropped while it was not`;

/** In the order of time. `findings`: each once, as it was known last. */
export const momentsOf = (frames: readonly Frame[], findings: readonly Finding[]): readonly Moment[] => {
  const listeners = new Map<string, (readonly [number, FrameListener])[]>();
  for (const { time, listeners: rows } of frames)
    for (const row of rows) {
      const seen = listeners.get(row.id) ?? [];
      seen.push([time, row]);
      listeners.set(row.id, seen);
    }
  return [
    ...findings.flatMap(findingMoments),
    ...stallsOf(frames).map(stallMoment),
    ...[...listeners].flatMap(([id, rows]) => queueMoments(id, rows)),
  ].toSorted((a, b) => a.time - b.time);
};
