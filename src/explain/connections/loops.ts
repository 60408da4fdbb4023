// Since when each event loop stands still, over all snapshots: a socket is looked at less often than its loop.
import type { LoopReading, Snapshot } from "../../snapshot/snapshot.js";
import { add } from "../delta.js";
import { loopStepOf } from "../loop-step.js";
import type { Surroundings } from "../surroundings.js";

/** A time in which the loop neither turned nor slept in epoll_wait. */
export interface Block {
  readonly stillMs: number;
  /** Of that, stopped, throttled or waiting for a CPU: not the application's doing. */
  readonly heldMs: number;
  /** Of that, on a CPU; absent where it was not read. */
  readonly cpuMs?: number | undefined;
}

export interface LoopState extends Block {
  /** How long it has stood still, up to this snapshot; 0: it turned or slept in epoll_wait. */
  readonly stillMs: number;
  readonly heldMs: number;
  /** The longest block that ended since the look at sockets before this one: it explains what this one finds. */
  readonly ended?: Block | undefined;
  /** When it was last seen to turn or to sleep in epoll_wait; absent: it cannot be told. */
  readonly movedAt?: number | undefined;
}

export interface Loops {
  observe(before: Snapshot, snapshot: Snapshot, around: Surroundings): void;
  /** The named loop, else the only one, else the main one; `undefined` where no loop is known. */
  of(id: number | undefined): LoopState | undefined;
}

const unseen: LoopState = { stillMs: 0, heldMs: 0 };

const stepOf = (state: LoopState, before: LoopReading | undefined, after: LoopReading, around: Surroundings) => {
  const { motion, runqueueMs, runnableMs, cpuMs } = loopStepOf(before, after, around.ms, true);
  if (motion === undefined) return unseen;
  if (motion !== "still") {
    const { stillMs, heldMs, cpuMs: computedMs } = state;
    const ended = stillMs > (state.ended?.stillMs ?? 0) ? { stillMs, heldMs, cpuMs: computedMs } : state.ended;
    return { stillMs: 0, heldMs: 0, ended, movedAt: around.at };
  }
  const waited = Math.max(runqueueMs ?? 0, runnableMs, around.throttledMs ?? 0, around.stoppedMs);
  return {
    stillMs: state.stillMs + around.ms,
    heldMs: state.heldMs + Math.min(around.ms, waited),
    cpuMs: state.stillMs === 0 ? cpuMs : add(state.cpuMs, cpuMs),
    ended: state.ended,
    movedAt: state.movedAt,
  };
};

export const createLoops = (): Loops => {
  let states = new Map<number, LoopState>();
  let main: number | undefined;
  return {
    observe: (before, snapshot, around) => {
      const known = states;
      states = new Map();
      main = (snapshot.loops.length === 1 ? snapshot.loops[0] : snapshot.loops.find((loop) => loop.main))?.id;
      if (around.ms === 0) return;
      const looked = before.connections !== undefined && !before.connections.followedOnly;
      for (const loop of snapshot.loops) {
        const earlier = before.loops.find(({ id }) => id === loop.id);
        const state = known.get(loop.id) ?? unseen;
        states.set(loop.id, stepOf(looked ? { ...state, ended: undefined } : state, earlier, loop, around));
      }
    },
    of: (id) => states.get(id ?? main ?? Number.NaN),
  };
};
