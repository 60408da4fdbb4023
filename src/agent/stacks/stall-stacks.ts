// Asks for the JavaScript of a stall: when the main loop stands still while connections wait (stack-policy.ts), once.
// The answer arrives later and goes into the next snapshot.
import type { ConnectionsReading } from "../../snapshot/connection.js";
import type { ListenerReading, LoopReading, StallCapture, TaskReading } from "../../snapshot/snapshot.js";
import type { LoopWatch } from "../loop-watch.js";
import type { StackProbe } from "./stack.js";
import { type StackWish, stackPolicy } from "./stack-policy.js";

export interface StallStacks {
  /** After each look; `connections`: where this one was at them too. */
  consider(
    at: number,
    loops: readonly LoopReading[],
    listeners: readonly ListenerReading[],
    connections?: ConnectionsReading,
  ): void;
  /** What was captured since the last call. */
  take(): readonly StallCapture[];
}

/** A native call (JSON.parse, a synchronous read) answers when it returns; waiting for it costs the application nothing. */
const timeoutMs = 30_000;
/** Less than most of a period of CPU bandwidth control says little about who has the CPU. */
const measuredMs = 80;

/** A loop that has stood for this long keeps connections from being read (the rules call it a fault after a second). */
const unreadStallMs = 800;

const isOf = ({ loop }: { readonly loop?: number | undefined }, main: LoopReading | undefined): boolean =>
  loop === undefined || loop === main?.id;

/** `arrived` is called when there is something to take. */
export const createStallStacks = (probe: StackProbe, watch: LoopWatch, arrived: () => void): StallStacks => {
  let last: StackWish["last"];
  let captured: StallCapture[] = [];
  let asking = false;
  // Connections of the main loop with something unread, as of the last look at them.
  let unread = 0;
  // The thread's CPU time when the present stall was first looked at closely.
  let begun: { sinceAt: number; at: number; cpuMs: number } | undefined;

  /** Part of the stall on a CPU; `undefined` where that is not counted, "soon" until enough of it was seen. */
  const cpuShareOf = (task: TaskReading | undefined, sinceAt: number, at: number): number | undefined | "soon" => {
    if (task?.cpuMs === undefined) return undefined;
    if (begun?.sinceAt !== sinceAt) begun = { sinceAt, at, cpuMs: task.cpuMs };
    return at - begun.at < measuredMs ? "soon" : (task.cpuMs - begun.cpuMs) / (at - begun.at);
  };
  const ask = async (loop: number, sinceAt: number): Promise<void> => {
    const capture = await probe.capture(() => watch.hasNotTurnedSince(loop, sinceAt), timeoutMs);
    captured.push({ loop, sinceAt, ...capture });
    if (last) last = { ...last, pauseMs: capture.pauseMs };
    asking = false;
    arrived();
  };

  return {
    consider(at, loops, listeners, connections) {
      const main = loops.find((loop) => loop.main);
      if (connections) unread = connections.rows.filter((row) => row.recvQBytes && isOf(row, main)).length;
      const sinceAt = main && watch.turnedAt(main.id);
      if (asking || !main || sinceAt === undefined || !probe.available) return;
      const queued = listeners.filter((listener) => isOf(listener, main)).reduce((sum, { length }) => sum + length, 0);
      // Bytes are unread in passing all the time: they wait for the loop only when it has stood for long.
      const waiting = queued + (at - sinceAt >= unreadStallMs ? unread : 0);
      const cpuShare = cpuShareOf(main.task, sinceAt, at);
      if (cpuShare === "soon") return;
      if (!stackPolicy({ at, sinceAt, waiting, last, cpuShare, state: main.task?.state })) return;
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
