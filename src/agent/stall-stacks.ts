// Asks for the JavaScript of a stall: when the main loop stands still while connections wait (stack-policy.ts), once.
// The answer arrives later and goes into the next snapshot.
import type { ListenerReading, LoopReading, StallCapture } from "../snapshot/snapshot.js";
import type { LoopWatch } from "./loop-watch.js";
import type { StackProbe } from "./stack.js";
import { type StackWish, stackPolicy } from "./stack-policy.js";

export interface StallStacks {
  /** After each look. */
  consider(at: number, loops: readonly LoopReading[], listeners: readonly ListenerReading[]): void;
  /** What was captured since the last call. */
  take(): readonly StallCapture[];
}

const timeoutMs = 5000;

/** `arrived` is called when there is something to take. */
export const createStallStacks = (probe: StackProbe, watch: LoopWatch, arrived: () => void): StallStacks => {
  let last: StackWish["last"];
  let captured: StallCapture[] = [];
  let asking = false;

  const ask = async (loop: number, sinceAt: number): Promise<void> => {
    const capture = await probe.capture(() => watch.hasNotTurnedSince(loop, sinceAt), timeoutMs);
    captured.push({ loop, sinceAt, ...capture });
    asking = false;
    arrived();
  };

  return {
    consider(at, loops, listeners) {
      const main = loops.find((loop) => loop.main);
      const sinceAt = main && watch.turnedAt(main.id);
      if (asking || !main || sinceAt === undefined || !probe.available) return;
      const waiting = listeners
        .filter(({ loop }) => loop === undefined || loop === main.id)
        .reduce((sum, { length }) => sum + length, 0);
      if (!stackPolicy({ at, sinceAt, waiting, last })) return;
      last = { at, sinceAt };
      asking = true;
      void ask(main.id, sinceAt);
    },
    take() {
      const taken = captured;
      if (taken.length > 0) captured = [];
      return taken;
    },
  };
};
