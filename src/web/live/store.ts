// What the page remembers: the last frames, bounded, and how many it knows it has missed. No DOM.
import type { Finding } from "../../explain/finding.js";
import type { Frame, FrameListener } from "../../export/frame/frame.js";
import type { ServerEvent } from "./sse.js";

export interface Store {
  /** Oldest first, at most 300. */
  readonly frames: readonly Frame[];
  /** Findings of the last frame, with what was told since. */
  readonly findings: readonly Finding[];
  /** Frames that were made and did not arrive since the page was opened. */
  readonly lostFrames: number;
}

export const maxFrames = 300;

export const emptyStore: Store = { frames: [], findings: [], lostFrames: 0 };

/** The store after one event; what cannot be read is left out. */
export const withEvent = (store: Store, { type, data }: ServerEvent): Store => {
  const value = parsed(data);
  if (type === "history" && Array.isArray(value)) return withHistory(store, value.filter(isFrame));
  if (type === "frame" && isFrame(value)) return withFrame(store, value);
  if (type === "finding" && isFinding(value)) return { ...store, findings: replaced(store.findings, value) };
  return store;
};

const withHistory = (store: Store, frames: readonly Frame[]): Store => {
  const last = frames.at(-1);
  return { ...store, frames: frames.slice(-maxFrames), findings: last?.findings ?? store.findings };
};

const withFrame = (store: Store, frame: Frame): Store => {
  const before = store.frames.at(-1);
  // Another process answers at the same address now: what the one before did is not its history.
  const isOther = before !== undefined && (frame.at <= before.at || before.process?.pid !== frame.process?.pid);
  const kept = isOther ? [] : store.frames;
  return {
    frames: [...kept, frame].slice(-maxFrames),
    findings: frame.findings,
    lostFrames: store.lostFrames + (isOther ? 0 : Math.max(frame.lost ?? 0, missedBetween(before, frame))),
  };
};

/** A frame says how long its interval was: what lies between it and the frame before was lost on the way. */
export const missedBetween = (before: Frame | undefined, frame: Frame): number => {
  if (!before || frame.intervalMs === undefined || frame.intervalMs <= 0) return 0;
  return Math.max(0, Math.round((frame.at - before.at - frame.intervalMs) / frame.intervalMs));
};

const replaced = (findings: readonly Finding[], finding: Finding): readonly Finding[] =>
  findings.some(({ id }) => id === finding.id)
    ? findings.map((known) => (known.id === finding.id ? finding : known))
    : [finding, ...findings];

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null;

const isFrame = (value: unknown): value is Frame =>
  isObject(value) && value.v === 1 && typeof value.time === "number" && Array.isArray(value.listeners);

const isFinding = (value: unknown): value is Finding =>
  isObject(value) && typeof value.id === "string" && typeof value.summary === "string";

/** How bad a listener was of late: drops first, then how full it stood, then how much it does. */
const badness = (frames: readonly Frame[], id: string): readonly number[] => {
  const rows = frames.flatMap(({ listeners }) => listeners.filter((listener) => listener.id === id));
  const sum = (read: (row: FrameListener) => number | undefined): number =>
    rows.reduce((total, row) => total + (read(row) ?? 0), 0);
  const fullest = Math.max(0, ...rows.map(({ peak, limit, members = 1 }) => peak / (limit + members)));
  return [sum(({ dropped }) => dropped), Math.round(fullest * 20), sum(({ accepted }) => accepted)];
};

/** Frames that say how a listener is doing lately: ten seconds at the default interval. */
const recent = 10;

/** Id of the listener that a page should show when nobody has chosen. */
export const worstListener = (frames: readonly Frame[]): string | undefined => {
  const lately = frames.slice(-recent);
  const ranked = (lately.at(-1)?.listeners ?? []).map(({ id }) => ({ id, badness: badness(lately, id) }));
  ranked.sort((a, b) => b.badness.map((value, n) => value - a.badness[n]!).find((order) => order !== 0) ?? 0);
  return ranked[0]?.id;
};
