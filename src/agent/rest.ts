// Rest: the glances of a quiet second are taken without JavaScript (kernel/quiet-watch.ts) and looked at together when it
// wakes, so that what was seen, and when, is as if each had been a glance of its own.
import { createQuietWatch, type QuietListener } from "../kernel/quiet-watch.js";
import type { ListenerReading } from "../snapshot/snapshot.js";
import type { Glance } from "./glance.js";
import type { LoopWatch } from "./loop-watch.js";
import { lateMs, longFrom } from "./pace.js";

export interface RestRequest {
  /** When the last look began, monotonic ms. */
  readonly begunAt: number;
  readonly everyMs: number;
  readonly untilAt: number;
  /** A glance that is so late was held up. */
  readonly heldMs: number;
}

export interface Rest {
  /** False: here it cannot rest, JavaScript has to glance. `accepting`: loops whose listeners, or datagrams, wait for them. */
  begin(
    request: RestRequest,
    listeners: readonly ListenerReading[],
    accepting: ReadonlySet<number | undefined>,
  ): boolean;
  /** Ends it. What was glanced at meanwhile, the oldest first. */
  end(): readonly Glance[];
}

const planned = ({ fd, cookie, length, limit, drops }: ListenerReading): QuietListener | undefined =>
  fd === undefined || drops === undefined ? undefined : { fd, cookie, length, limit, drops, longFrom: longFrom(limit) };

export const createRest = (loops: LoopWatch, now: () => number, wake: () => void): Rest => {
  const quiet = createQuietWatch(wake);
  let rested: readonly ListenerReading[] = [];

  return {
    begin({ begunAt, everyMs, untilAt, heldMs }, listeners, accepting) {
      const known = listeners.flatMap((listener) => planned(listener) ?? []);
      if (!quiet || known.length === 0 || known.length < listeners.length) return false;
      rested = listeners;
      const waitedFor = loops.last.map(({ id, main, idleMs = 0, iterations = 0 }) => {
        const isWaitedFor = accepting.has(id) || (main && accepting.has(undefined));
        return { id, isWaitedFor, idleMs, iterations, turnedAt: loops.turnedAt(id) ?? begunAt };
      });
      quiet.rest({ now: now(), begunAt, everyMs, untilAt, heldMs, lateMs, listeners: known, loops: waitedFor });
      return true;
    },
    end() {
      const ago = Date.now() - now();
      return (quiet?.stop() ?? []).map(({ at, loops: seen, lengths }): Glance => {
        if (rested.some(({ length }, i) => length !== lengths[i]))
          rested = rested.map((listener, i) => ({ ...listener, length: lengths[i]! }));
        const readings = loops.last.map((loop, i) => ({ ...loop, ...seen[i], task: undefined }));
        return { at, time: ago + at, listeners: rested, loops: readings };
      });
    },
  };
};
