// Glances at own TCP listeners and event loops from a libuv timer of the calling thread, without waking its JavaScript:
// addon/napi/quiet_watch.cc. A wake-up of the thread alone is a third of the price of a JavaScript timer's.
import { binding } from "../binding.js";
import type { StillFiles } from "./still-files.js";

/** A listener and what is taken for calm: the same limit and drops, a queue that is shorter than `longFrom`. */
export interface QuietListener {
  readonly fd: number;
  readonly cookie: bigint;
  readonly length: number;
  readonly limit: number;
  readonly drops: number;
  readonly longFrom: number;
}

/** A loop of `readLoops()`; calm while it turns, or stands for less than `lateMs`. */
export interface QuietLoop {
  readonly id: number;
  /** Somebody waits for it: otherwise it may stand as long as it likes. */
  readonly isWaitedFor: boolean;
  readonly idleMs: number;
  readonly iterations: number;
  /** When it was last seen turning. */
  readonly turnedAt: number;
}

/** All times: ms of the clock that `now` gives. */
export interface QuietPlan {
  readonly now: number;
  /** When the look before the rest began: the first glance is due `everyMs` later. */
  readonly begunAt: number;
  readonly everyMs: number;
  readonly untilAt: number;
  /** Beyond `untilAt`, while these files begin as they did. */
  readonly still?: StillRest | undefined;
  /** A glance that comes, or takes, so much longer than due was held up, perhaps with the whole process. */
  readonly heldMs: number;
  readonly lateMs: number;
  readonly listeners: readonly QuietListener[];
  /** All that are registered, in the order of `readLoops()`. */
  readonly loops: readonly QuietLoop[];
}

export interface StillRest {
  /** Compared at `untilAt`, and again each time so much later. */
  readonly files: StillFiles;
  readonly intervalMs: number;
  readonly untilAt: number;
}

/** What was seen, by the number of the glance, the oldest first, and that of the loop or listener in the plan. Good until the next rest. */
export interface QuietGlances {
  readonly count: number;
  at(glance: number): number;
  idleMs(glance: number, loop: number): number;
  iterations(glance: number, loop: number): number;
  length(glance: number, listener: number): number;
}

export interface QuietWatch {
  /** Glances from now on, until something is not calm, or time is up: then `wake` is called, once. */
  rest(plan: QuietPlan): void;
  /** Ends the rest, if there is one. */
  stop(): QuietGlances;
}

// The columns of addon/napi/quiet_watch.cc.
const listenerWords = 7;
const loopValues = 5;
/** More would only lengthen the time until they are looked at. */
const glancesAtMost = 64;
const nothingStill: StillRest = {
  files: { places: new Int32Array(), memory: new Uint8Array() },
  intervalMs: 0,
  untilAt: Number.NEGATIVE_INFINITY,
};

/** `undefined` where there is no addon. `wake` is called on this thread. */
export function createQuietWatch(wake: () => void): QuietWatch | undefined {
  if (!binding) return undefined;
  const native = new binding.QuietWatch(wake);
  let listeners = new Uint32Array();
  let loops = new Float64Array();
  let glances = new Float64Array();
  let begunAt = 0;
  const columns = (): number => 1 + 2 * (loops.length / loopValues) + listeners.length / listenerWords;
  return {
    rest(plan) {
      ({ begunAt } = plan);
      if (listeners.length !== plan.listeners.length * listenerWords)
        listeners = new Uint32Array(plan.listeners.length * listenerWords);
      if (loops.length !== plan.loops.length * loopValues) loops = new Float64Array(plan.loops.length * loopValues);
      plan.listeners.forEach(({ fd, cookie, length, limit, drops, longFrom }, i) => {
        const halves = [Number(cookie & 0xffff_ffffn), Number(cookie >> 32n)];
        listeners.set([fd, ...halves, length, limit, drops, longFrom], i * listenerWords);
      });
      plan.loops.forEach(({ id, isWaitedFor, idleMs, iterations, turnedAt }, i) => {
        loops.set([id, isWaitedFor ? 1 : 0, idleMs, iterations, turnedAt - begunAt], i * loopValues);
      });
      if (glances.length !== glancesAtMost * columns()) glances = new Float64Array(glancesAtMost * columns());
      const { now, everyMs, untilAt, heldMs, lateMs, still = nothingStill } = plan;
      const { files, intervalMs } = still;
      const times = [now - begunAt, everyMs, untilAt - begunAt, heldMs, lateMs, intervalMs, still.untilAt - begunAt];
      native.rest(Float64Array.from(times), listeners, loops, glances, files.places, files.memory);
    },
    stop() {
      const width = columns();
      const lengthsAt = 1 + 2 * (loops.length / loopValues);
      return {
        count: native.stop(),
        at: (glance) => begunAt + glances[glance * width]!,
        idleMs: (glance, loop) => glances[glance * width + 1 + 2 * loop]!,
        iterations: (glance, loop) => glances[glance * width + 2 + 2 * loop]!,
        length: (glance, listener) => glances[glance * width + lengthsAt + listener]!,
      };
    },
  };
}
