// What the page shows of the store: the last frame, the chosen listener, and what is read less often. No DOM.
import type { Frame } from "../../export/frame/frame.js";
import { loopSeries } from "../parts/series.js";
import { type Store, worstListener } from "./store.js";
import type { View } from "./tanks/tank.js";

/** The last frame that has it; what is older than this many frames is no longer true. */
const latest = <K extends "connections" | "network">(frames: readonly Frame[], key: K): Frame[K] =>
  frames
    .slice(-30)
    .reverse()
    .find((frame) => frame[key] !== undefined)?.[key];

/** The function that holds the loop up at the end of the last frame. */
const stallNow = (frames: readonly Frame[]): string | undefined => {
  const [last] = frames.slice(-1);
  return loopSeries(frames.slice(-60)).marks.find(({ to }) => to * 1000 > (last?.time ?? 0) - 100)?.label;
};

/** `chosen`: id of a listener; one that is gone, or none, means the worst. `undefined` before the first frame. */
export const viewOf = ({ frames }: Store, chosen: string | undefined): View | undefined => {
  const frame = frames.at(-1);
  if (!frame) return undefined;
  const find = (id: string | undefined) => frame.listeners.find((listener) => listener.id === id);
  return {
    frame,
    listener: find(chosen) ?? find(worstListener(frames)),
    connections: latest(frames, "connections"),
    network: latest(frames, "network"),
    stall: stallNow(frames),
  };
};
