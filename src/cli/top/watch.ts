// Looks at what is watched, one look after the other.
import { setTimeout as wait } from "node:timers/promises";
import type { Frame } from "../../export/frame/frame.js";
import type { FrameSource } from "./source.js";

export interface Watcher {
  frame(frame: Frame): void;
  /** The process that is watched has ended; told once. `false`: there is nothing to go on for. */
  gone(): boolean;
}

/** Until the signal. */
export const watch = async (source: FrameSource, signal: AbortSignal, watcher: Watcher): Promise<void> => {
  let wasOver = false;
  while (!signal.aborted) {
    const frame = source.look();
    if (frame) watcher.frame(frame);
    if (source.isOver && !wasOver && !watcher.gone()) return;
    wasOver = source.isOver;
    // An aborted wait rejects: the loop ends either way.
    await wait(source.pauseMs, undefined, { signal }).catch(() => {});
  }
};
