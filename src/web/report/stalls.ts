// Stalls from their beginning to their end: the stack was looked at once, in the middle; how long the loop stood is in the frames
// that follow. Pure.
import type { Frame, FrameStall } from "../../export/frame/frame.js";

export interface Stall {
  /** Epoch ms. */
  readonly from: number;
  readonly to: number;
  /** The innermost frame, `name (file:line:column)`, or why it is not known. */
  readonly where: string;
}

export const stallsOf = (frames: readonly Frame[]): readonly Stall[] =>
  frames.flatMap((frame, index) => frame.stalls.map((stall) => wholeStall(stall, frame, frames.slice(index))));

const wholeStall = ({ loop, lastedMs, frames, note }: FrameStall, { time }: Frame, later: readonly Frame[]): Stall => {
  const from = time - lastedMs;
  let to = time;
  for (const frame of later) {
    const stoodMs = frame.loops.find(({ id }) => id === loop)?.stalledMs ?? 0;
    const began = frame.time - (frame.intervalMs ?? 1000);
    // A stall that goes on counts whole in each of its intervals.
    if (began > to || stoodMs < lastedMs) break;
    to = Math.max(to, Math.min(frame.time, from + stoodMs));
  }
  return { from, to, where: frames[0] ?? note ?? "the code is not known" };
};
