// Frames as columns of numbers over time, the way uPlot wants them: seconds since the epoch, `null` where nothing was
// read. No DOM: the report reads the same series, and tests do.
import type { Frame, FrameListener } from "../../export/frame/frame.js";
import { tally } from "./units.js";

/** First the times, ascending; then one column a line. */
export type Columns = readonly (readonly (number | null)[])[];

/** A stretch of time with a name: a stall and the function that caused it. */
export interface Mark {
  readonly from: number;
  readonly to: number;
  readonly label: string;
}

export interface Series {
  readonly columns: Columns;
  readonly marks: readonly Mark[];
  /** The chart in one sentence, for whoever cannot see it. */
  readonly says: string;
}

const seconds = (ms: number): number => ms / 1000;

const listenerOf = (frame: Frame, id: string | undefined): FrameListener | undefined =>
  frame.listeners.find((listener) => listener.id === id);

/** Nothing came for three intervals: a line drawn across would claim to know what was between. */
const isGap = (before: Frame | undefined, frame: Frame): boolean =>
  before !== undefined && frame.time - before.time > 3 * (frame.intervalMs ?? 1000);

/** One row a frame, and an empty one where frames are missing. */
const perFrame = (
  frames: readonly Frame[],
  read: (frame: Frame) => readonly (number | undefined)[],
  width: number,
): Columns => {
  const columns: (number | null)[][] = Array.from({ length: width + 1 }, () => []);
  const push = (at: number, row: readonly (number | undefined)[]): void => {
    columns[0]!.push(seconds(at));
    for (let n = 0; n < width; n += 1) columns[n + 1]!.push(row[n] ?? null);
  };
  for (const [index, frame] of frames.entries()) {
    const before = frames[index - 1];
    if (before && isGap(before, frame)) push(before.time + 1, []);
    push(frame.time, read(frame));
  }
  return columns;
};

/** Depth against limit at every look: lines `waiting` and `limit`. */
export const queueSeries = (frames: readonly Frame[], id: string | undefined): Series => {
  const times: number[] = [];
  const lengths: (number | null)[] = [];
  const limits: (number | null)[] = [];
  const push = (at: number, length: number | null, limit: number | null): void => {
    if (at <= (times.at(-1) ?? 0)) return;
    times.push(at);
    lengths.push(length);
    limits.push(limit);
  };
  for (const [index, frame] of frames.entries()) {
    const listener = listenerOf(frame, id);
    const before = frames[index - 1];
    if (before && (isGap(before, frame) || !listener)) push(seconds(before.time + 1), null, null);
    if (!listener) continue;
    for (const [beforeMs, length] of listener.points) push(seconds(frame.time - beforeMs), length, listener.limit);
    push(seconds(frame.time), listener.length, listener.limit);
  }
  const last = frames.length > 0 ? listenerOf(frames.at(-1)!, id) : undefined;
  const peak = Math.max(0, ...frames.map((frame) => listenerOf(frame, id)?.peak ?? 0));
  const says = last
    ? `${tally(last.length)} connections wait in the accept queue, limit ${tally(last.limit)}, at most ${tally(peak)} in the time shown`
    : "No listener in the time shown";
  return { columns: [times, lengths, limits], marks: [], says };
};

/** Segments dropped in each interval. */
export const dropSeries = (frames: readonly Frame[], id: string | undefined): Series => {
  const columns = perFrame(frames, (frame) => [listenerOf(frame, id)?.dropped], 1);
  const total = frames.reduce((sum, frame) => sum + (listenerOf(frame, id)?.dropped ?? 0), 0);
  return {
    columns,
    marks: [],
    says: total === 0 ? "No drops in the time shown" : `${tally(total)} segments dropped in the time shown`,
  };
};

/** How busy the main loop was, percent; marks are stalls with the function that was found. */
export const loopSeries = (frames: readonly Frame[]): Series => {
  const busy = (frame: Frame): number | undefined => {
    const idle = mainLoop(frame)?.idleShare;
    return idle === undefined ? undefined : 100 * (1 - idle);
  };
  const marks = stallMarks(frames);
  const now = frames.length > 0 ? busy(frames.at(-1)!) : undefined;
  const names = [...new Set(marks.map(({ label }) => label))];
  const says = [
    now === undefined ? "How busy the loop is, is not known" : `The loop is ${Math.round(now)} percent busy`,
    ...(names.length > 0 ? [`held up by ${names.join(", ")}`] : []),
  ].join("; ");
  return { columns: perFrame(frames, (frame) => [busy(frame)], 1), marks, says };
};

/** The loop a page is about: the main thread's, else the first. */
export const mainLoop = (frame: Frame): Frame["loops"][number] | undefined =>
  frame.loops.find(({ main }) => main) ?? frame.loops[0];

/**
 * A stall is asked for its function once, early in it: its band reaches on for as long as the loop says that it has stood
 * still since before a frame's interval.
 */
const stallMarks = (frames: readonly Frame[]): readonly Mark[] => {
  const marks: Mark[] = [];
  for (const frame of frames) {
    const stalledMs = mainLoop(frame)?.stalledMs ?? 0;
    const open = marks.at(-1);
    const isLonger = open !== undefined && stalledMs > (frame.intervalMs ?? 0) && frame.stalls.length === 0;
    if (isLonger)
      marks[marks.length - 1] = { ...open, to: Math.min(seconds(frame.time), open.from + seconds(stalledMs)) };
    for (const { lastedMs, frames: stack } of frame.stalls)
      marks.push({
        from: seconds(frame.time - Math.max(lastedMs, stalledMs)),
        to: seconds(frame.time),
        label: functionName(stack[0]) ?? "stall",
      });
  }
  return marks;
};

/** `rebuildSearchIndex (/app/server.js:12:9)` → `rebuildSearchIndex`. */
export const functionName = (line: string | undefined): string | undefined => line?.replace(/ \(.*\)$/, "");

/** How long the oldest in the accept queue had waited, seconds. */
export const waitSeries = (frames: readonly Frame[], id: string | undefined): Series => {
  const wait = (frame: Frame): number | undefined => {
    const listener = listenerOf(frame, id);
    if (!listener) return undefined;
    const empty = listener.peak === 0 ? 0 : undefined;
    return listener.oldestMs === undefined ? empty : seconds(listener.oldestMs);
  };
  const columns = perFrame(frames, (frame) => [wait(frame)], 1);
  const worst = Math.max(0, ...frames.map((frame) => wait(frame) ?? 0));
  return {
    columns,
    marks: [],
    says: `The longest that a connection waited for accept in the time shown: ${worst.toFixed(1)} seconds`,
  };
};
