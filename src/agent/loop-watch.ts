// Event loops from outside: whether they turn, since when not, and what their threads do meanwhile.
import { readLoops } from "../kernel/loops.js";
import { openTask } from "../kernel/task.js";
import type { KeptReading } from "../kernel/proc-root.js";
import type { ReadAhead } from "../kernel/read-ahead.js";
import { isStill } from "../snapshot/loop-still.js";
import type { LoopReading, TaskReading } from "../snapshot/snapshot.js";

export interface LoopWatch {
  /** All registered loops. `withTasks`: also what /proc says of these loops' threads. */
  read(at: number, withTasks: (loop: number, main: boolean) => boolean): LoopReading[];
  /** As `read` gave them last, or `note` after it. */
  readonly last: readonly LoopReading[];
  /** Takes in what was read elsewhere, of the same loops. */
  note(at: number, loops: readonly LoopReading[]): void;
  /** How long this loop (the main one where it is not known) has neither turned nor slept in epoll_wait, ms. */
  lateMs(loop: number | undefined, at: number): number;
  /** Looks now: whether it has still not turned. */
  hasNotTurnedSince(loop: number, turnedAt: number): boolean;
  /** When it was last seen turning. */
  turnedAt(loop: number): number | undefined;
  close(): void;
}

interface Track {
  idleMs?: number | undefined;
  iterations?: number | undefined;
  turnedAt: number;
}

/** `ahead`: what a look reads together. */
export const createLoopWatch = (ahead?: ReadAhead): LoopWatch => {
  const tracks = new Map<number, Track>();
  const tasks = new Map<number, KeptReading<TaskReading>>();

  let mainLoop: number | undefined;
  let last: readonly LoopReading[] = [];

  const track = (loop: LoopReading, at: number): void => {
    const before = tracks.get(loop.id);
    const { idleMs, iterations } = loop;
    tracks.set(loop.id, { idleMs, iterations, turnedAt: before && isStill(before, loop) ? before.turnedAt : at });
    if (loop.main) mainLoop = loop.id;
  };
  const note = (at: number, loops: readonly LoopReading[]): void => {
    for (const loop of loops) track(loop, at);
    last = loops;
  };
  const taskOf = (tid: number): TaskReading | undefined => {
    const task = tasks.get(tid) ?? openTask(process.pid, tid, { ahead });
    tasks.set(tid, task);
    return task.read();
  };
  const dropOthers = (loops: readonly LoopReading[]): void => {
    for (const id of tracks.keys()) if (!loops.some((loop) => loop.id === id)) tracks.delete(id);
    for (const [tid, task] of tasks) {
      if (loops.some((loop) => loop.tid === tid)) continue;
      task.close();
      tasks.delete(tid);
    }
  };

  return {
    note,
    get last() {
      return last;
    },
    read(at, withTasks) {
      const loops = readLoops().map(({ id, tid, main, idleMs, iterations }): LoopReading => {
        const task = withTasks(id, main) ? taskOf(tid) : undefined;
        return { id, tid, main, idleMs, iterations, task };
      });
      note(at, loops);
      if (tracks.size > loops.length || tasks.size > loops.length) dropOthers(loops);
      return loops;
    },
    lateMs: (loop, at) => at - (tracks.get(loop ?? mainLoop ?? -1)?.turnedAt ?? at),
    hasNotTurnedSince(loop, turnedAt) {
      const before = tracks.get(loop);
      const now = readLoops().find(({ id }) => id === loop);
      return before !== undefined && now !== undefined && before.turnedAt === turnedAt && isStill(before, now);
    },
    turnedAt: (loop) => tracks.get(loop)?.turnedAt,
    close: () => {
      for (const task of tasks.values()) task.close();
      tasks.clear();
      tracks.clear();
    },
  };
};
