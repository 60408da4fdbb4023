// Rest: the glances of a quiet second are taken without JavaScript (kernel/quiet-watch.ts) and looked at together when it
// wakes, so that what was seen, and when, is as if each had been a glance of its own.
import { createQuietWatch, type QuietListener, type StillRest } from "../kernel/quiet-watch.js";
import type { ListenerReading, LoopReading } from "../snapshot/snapshot.js";
import type { Glance } from "./glance.js";
import type { LoopWatch } from "./loop-watch.js";
import { heldMs, lateMs, longFrom } from "./pace.js";

export interface RestRequest {
  /** When the last look began, monotonic ms. */
  readonly begunAt: number;
  readonly everyMs: number;
  readonly untilAt: number;
  /** It may last longer. */
  readonly still?: StillRest | undefined;
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
    begin({ begunAt, everyMs, untilAt, still }, listeners, accepting) {
      const known = listeners.flatMap((listener) => planned(listener) ?? []);
      if (!quiet || known.length === 0 || known.length < listeners.length) return false;
      rested = listeners;
      const waitedFor = loops.last.map(({ id, main, idleMs = 0, iterations = 0 }) => {
        const isWaitedFor = accepting.has(id) || (main && accepting.has(undefined));
        return { id, isWaitedFor, idleMs, iterations, turnedAt: loops.turnedAt(id) ?? begunAt };
      });
      const times = { now: now(), begunAt, everyMs, untilAt, heldMs, lateMs };
      quiet.rest({ ...times, still, listeners: known, loops: waitedFor });
      return true;
    },
    end() {
      const seen = quiet?.stop();
      if (!seen) return [];
      const ago = Date.now() - now();
      return Array.from({ length: seen.count }, (_, i): Glance => {
        if (rested.some(({ length }, k) => length !== seen.length(i, k)))
          rested = rested.map((listener, k) => ({ ...listener, length: seen.length(i, k) }));
        const readings = loops.last.map(({ id, tid, main }, k): LoopReading => {
          return { id, tid, main, idleMs: seen.idleMs(i, k), iterations: seen.iterations(i, k) };
        });
        return { at: seen.at(i), time: ago + seen.at(i), listeners: rested, loops: readings };
      });
    },
  };
};
