// Since when each event loop stands still, over all snapshots: a socket is looked at less often than its loop.
import type { LoopReading, Snapshot } from "../../snapshot/snapshot.js";
import { add } from "../delta.js";
import { type LoopStep, loopStepOf } from "../loop-step.js";
import type { Surroundings } from "../surroundings.js";

/** A time in which the loop neither turned nor slept in epoll_wait. */
export interface Block {
  readonly stillMs: number;
  /** Of that, stopped, throttled or waiting for a CPU: not the application's doing. */
  readonly heldMs: number;
  /** Of that, on a CPU; absent where it was not read. */
  readonly cpuMs?: number | undefined;
  /** The JavaScript that held it, where it was captured. */
  readonly stack?: readonly string[] | undefined;
}

export interface LoopState extends Block {
  /** How long it has stood still, up to this snapshot; 0: it turned or slept in epoll_wait. */
  readonly stillMs: number;
  readonly heldMs: number;
  /** What `heldMs` is made of. */
  readonly waits?: Waits | undefined;
  /** The longest block that ended since the look at sockets before this one: it explains what this one finds. */
  readonly ended?: Block | undefined;
  /** When it was last seen to turn or to sleep in epoll_wait; absent: it cannot be told. */
  readonly movedAt?: number | undefined;
}

/** Waiting for a CPU is counted by the kernel when it ends: until then what is `pending` is told by the thread's state. */
interface Waits {
  readonly queuedMs: number;
  readonly pendingMs: number;
  readonly throttledMs: number;
  readonly stoppedMs: number;
}

export interface Loops {
  /** `served`: bytes were read from some connection since the look before; only a loop that turns reads. */
  observe(before: Snapshot, snapshot: Snapshot, around: Surroundings, served?: boolean): void;
  /** The named loop, else the only one, else the main one; `undefined` where no loop is known. */
  of(id: number | undefined): LoopState | undefined;
}

const unseen: LoopState = { stillMs: 0, heldMs: 0 };
const noWaits: Waits = { queuedMs: 0, pendingMs: 0, throttledMs: 0, stoppedMs: 0 };

const waitsOf = (waits: Waits, { runqueueMs = 0, runnableMs }: LoopStep, around: Surroundings): Waits => ({
  queuedMs: waits.queuedMs + runqueueMs,
  pendingMs: runqueueMs > 0 ? 0 : waits.pendingMs + runnableMs,
  throttledMs: waits.throttledMs + (around.throttledMs ?? 0),
  stoppedMs: waits.stoppedMs + around.stoppedMs,
});

/** Throttling is waiting too; what was waited before the block began may be counted in its first step. */
const heldMsOf = ({ queuedMs, pendingMs, throttledMs, stoppedMs }: Waits, stillMs: number): number =>
  Math.min(stillMs, Math.max(queuedMs + pendingMs, throttledMs, stoppedMs));

const blockOf = ({ stillMs, heldMs, cpuMs, stack }: LoopState): Block => ({ stillMs, heldMs, cpuMs, stack });

const stepOf = (
  state: LoopState,
  before: LoopReading | undefined,
  after: LoopReading,
  around: Surroundings,
): LoopState => {
  const step = loopStepOf(before, after, around.ms, true);
  const { motion, cpuMs } = step;
  if (motion === undefined) return unseen;
  if (motion !== "still") {
    const ended = state.stillMs > (state.ended?.stillMs ?? 0) ? blockOf(state) : state.ended;
    return { stillMs: 0, heldMs: 0, ended, movedAt: around.at };
  }
  const stillMs = state.stillMs + around.ms;
  const waits = waitsOf(state.waits ?? noWaits, step, around);
  return {
    stillMs,
    heldMs: heldMsOf(waits, stillMs),
    waits,
    cpuMs: state.stillMs === 0 ? cpuMs : add(state.cpuMs, cpuMs),
    stack: state.stack,
    ended: state.ended,
    movedAt: state.movedAt,
  };
};

const stackOf = ({ stalls }: Snapshot, loop: number): readonly string[] | undefined =>
  stalls?.find((stall) => stall.loop === loop && stall.frames.length > 0)?.frames;

/** What its thread's state called a standstill was none, but for a block that had begun before the look at sockets. */
const turned = (state: LoopState, at: number, sinceLookMs: number): LoopState => {
  const wasBlock = state.stillMs > sinceLookMs && state.stillMs > (state.ended?.stillMs ?? 0);
  return { stillMs: 0, heldMs: 0, ended: wasBlock ? blockOf(state) : state.ended, movedAt: at };
};

export const createLoops = (): Loops => {
  let lookedAt = Number.NEGATIVE_INFINITY;
  let states = new Map<number, LoopState>();
  let main: number | undefined;
  return {
    observe: (before, snapshot, around, served = false) => {
      const known = states;
      states = new Map();
      main = (snapshot.loops.length === 1 ? snapshot.loops[0] : snapshot.loops.find((loop) => loop.main))?.id;
      if (around.ms === 0) return;
      const looked = before.connections !== undefined && !before.connections.followedOnly;
      for (const loop of snapshot.loops) {
        const earlier = before.loops.find(({ id }) => id === loop.id);
        const state = known.get(loop.id) ?? unseen;
        const next = stepOf(looked ? { ...state, ended: undefined } : state, earlier, loop, around);
        const isTurning = served && loop.main && loop.iterations === undefined;
        const step = isTurning ? turned(next, around.at, around.at - lookedAt) : next;
        const stack = step.stillMs > 0 ? stackOf(snapshot, loop.id) : undefined;
        states.set(loop.id, stack ? { ...step, stack } : step);
      }
      if (snapshot.connections) lookedAt = around.at;
    },
    of: (id) => states.get(id ?? main ?? Number.NaN),
  };
};
