// What the page shows of the store: the last frame, the chosen listener, and what is read less often. No DOM.
import type { Frame } from "../../export/frame/frame.js";
import { type Store, worstListener } from "./store.js";
import type { View } from "./tanks/tank.js";

/** The last frame that has it; what is older than this many frames is no longer true. */
const latest = <K extends "connections" | "network">(frames: readonly Frame[], key: K): Frame[K] =>
  frames
    .slice(-30)
    .reverse()
    .find((frame) => frame[key] !== undefined)?.[key];

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
  };
};
