// Some frames in figures: what was worst in a stretch of time. Pure.
import type { Frame, FrameStall } from "../../export/frame/frame.js";
import { mainLoop } from "../parts/series.js";

/** What a stretch of time was like; what was not read is absent. */
export interface Stretch {
  readonly frames: number;
  /** The listener's, if there is one. */
  readonly peak?: number | undefined;
  readonly limit?: number | undefined;
  readonly dropped?: number | undefined;
  readonly accepted?: number | undefined;
  readonly oldestMs?: number | undefined;
  /** Share of the time that the main loop was busy. */
  readonly busyShare?: number | undefined;
  readonly longestStallMs?: number | undefined;
  /** The stall that was looked at latest into it. */
  readonly stall?: FrameStall | undefined;
  readonly sendQBytes?: number | undefined;
  readonly recvQBytes?: number | undefined;
  readonly connections?: number | undefined;
}

const highest = (values: readonly (number | undefined)[]): number | undefined =>
  values.reduce((most, value) => (value !== undefined && value > (most ?? -Infinity) ? value : most), undefined);

const total = (values: readonly (number | undefined)[]): number | undefined => {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : known.reduce((sum, value) => sum + value, 0);
};

const mean = (values: readonly (number | undefined)[]): number | undefined => {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : (total(known) ?? 0) / known.length;
};

/** `listener`: the id of the one that it is about. */
export const stretchOf = (frames: readonly Frame[], listener: string | undefined): Stretch => {
  const rows = frames.flatMap((frame) => frame.listeners.find(({ id }) => id === listener) ?? []);
  const loops = frames.map(mainLoop);
  const stalls = frames.flatMap((frame) => frame.stalls).toSorted((a, b) => b.lastedMs - a.lastedMs);
  const idle = mean(loops.map((loop) => loop?.idleShare));
  return {
    frames: frames.length,
    peak: highest(rows.map(({ peak }) => peak)),
    limit: rows.at(-1)?.limit,
    dropped: total(rows.map(({ dropped }) => dropped)),
    accepted: total(rows.map(({ accepted }) => accepted)),
    oldestMs: highest(rows.map(({ oldestMs }) => oldestMs)),
    busyShare: idle === undefined ? undefined : 1 - idle,
    longestStallMs: highest([...loops.map((loop) => loop?.stalledMs), ...stalls.map(({ lastedMs }) => lastedMs)]),
    stall: stalls.find((stall) => stall.frames.length > 0),
    sendQBytes: highest(frames.map(({ connections }) => connections?.sendQBytes)),
    recvQBytes: highest(frames.map(({ connections }) => connections?.recvQBytes)),
    connections: highest(frames.map(({ connections }) => connections?.total)),
  };
};
