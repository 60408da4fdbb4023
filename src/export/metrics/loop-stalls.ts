// How long event loops stood still, from looks that find neither an iteration more nor time asleep: a stall is the time a
// loop was busy between the last look before it and the first after it.
import { isStill } from "../../snapshot/loop-still.js";
import type { LoopReading } from "../../snapshot/snapshot.js";

interface Moment {
  readonly at: number;
  readonly idleMs: number;
}

interface Track {
  readonly iterations: number;
  last: Moment;
  /** The look before it was first seen in this iteration. */
  readonly before: Moment;
  isStill: boolean;
}

const busyMs = (from: Moment, to: Moment): number => Math.max(0, to.at - from.at - (to.idleMs - from.idleMs));

/** The function takes each look; `add`: a stall that has ended, seconds. `counts`: loops whose stalls do. */
export const createLoopStalls = (
  add: (seconds: number) => void,
): ((at: number, loops: readonly LoopReading[], counts: (loop: LoopReading) => boolean) => void) => {
  const tracks = new Map<number, Track>();
  const look = (at: number, loop: LoopReading, counts: boolean): void => {
    const { id, idleMs, iterations } = loop;
    if (idleMs === undefined || iterations === undefined) return;
    const track = tracks.get(id);
    const now = { at, idleMs };
    if (track && isStill({ iterations: track.iterations, idleMs: track.last.idleMs }, loop)) {
      track.isStill = true;
      track.last = now;
      return;
    }
    if (track?.isStill && counts) add(busyMs(track.before, now) / 1000);
    // What came before this look was the stall that has just ended.
    const before = track && !track.isStill ? track.last : now;
    tracks.set(id, { iterations, last: now, before, isStill: false });
  };
  return (at, loops, counts) => {
    for (const loop of loops) look(at, loop, counts(loop));
    if (tracks.size > loops.length)
      for (const id of tracks.keys()) if (!loops.some((loop) => loop.id === id)) tracks.delete(id);
  };
};
