// The loops and the process of a frame: shares of the interval from cumulative times, and how long a loop stood.
import { delta } from "../../explain/delta.js";
import { isStill } from "../../snapshot/loop-still.js";
import type { LoopReading, Snapshot } from "../../snapshot/snapshot.js";
import type { FrameLoop, FrameProcess } from "./frame.js";
import { shareOf } from "./rates.js";

export interface LoopRows {
  look(at: number, loops: readonly LoopReading[]): void;
  /** Those of the interval's end; begins the next interval. */
  compose(snapshot: Snapshot, before: Snapshot | undefined): readonly FrameLoop[];
}

interface Track {
  idleMs: number | undefined;
  iterations: number | undefined;
  turnedAt: number;
  stalledMs: number;
}

export const createLoopRows = (): LoopRows => {
  const tracks = new Map<number, Track>();
  return {
    look(at, loops) {
      for (const loop of loops) {
        const { id, idleMs, iterations } = loop;
        if (idleMs === undefined && iterations === undefined) continue;
        const track = tracks.get(id);
        const still = track !== undefined && isStill(track, loop);
        const turnedAt = still ? track.turnedAt : at;
        const stalledMs = Math.max(track?.stalledMs ?? 0, at - turnedAt);
        tracks.set(id, { idleMs, iterations, turnedAt, stalledMs });
      }
    },
    compose({ at, loops }, before) {
      const intervalMs = before && at - before.at;
      const rows = loops.map(({ id, main, idleMs, iterations }): FrameLoop => {
        const earlier = before?.loops.find((one) => one.id === id);
        const stalledMs = tracks.get(id)?.stalledMs;
        return {
          id,
          main,
          idleShare: shareOf(delta(earlier?.idleMs, idleMs), intervalMs),
          iterations: delta(earlier?.iterations, iterations),
          stalledMs: stalledMs && Math.round(stalledMs),
        };
      });
      for (const [id, track] of tracks)
        if (loops.some((loop) => loop.id === id)) track.stalledMs = 0;
        else tracks.delete(id);
      return rows;
    },
  };
};

export const processOf = (snapshot: Snapshot, before: Snapshot | undefined): FrameProcess | undefined => {
  const { process, loops, at } = snapshot;
  if (!process) return undefined;
  const intervalMs = before && at - before.at;
  const main = loops.find((loop) => loop.main);
  const earlier = before?.loops.find(({ id }) => id === main?.id)?.task;
  const { pid, fds, cpuQuota } = process;
  return {
    pid,
    mainCpuShare: shareOf(delta(earlier?.cpuMs, main?.task?.cpuMs), intervalMs),
    mainWaitShare: shareOf(delta(earlier?.runqueueMs, main?.task?.runqueueMs), intervalMs),
    fds,
    throttledMs: delta(before?.process?.cpuQuota?.throttledMs, cpuQuota?.throttledMs),
  };
};
