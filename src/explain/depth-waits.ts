// How long connections waited, from the queue's length alone (unix listeners; or where sock_diag does not answer):
// first in, first out, and one accept for every iteration of the loop, so it is a lower bound.
import type { ListenerStep } from "./listener-step.js";
import { createSample, type Sample } from "./sample.js";

const maxCohorts = 512;

export interface DepthWaits {
  fold(step: ListenerStep): void;
  waits(at: number): readonly number[];
  oldestMs(at: number): number;
  forget(): void;
}

export const createDepthWaits = (): DepthWaits => {
  let cohorts: { at: number; count: number }[] = [];
  let left: Sample = createSample();

  const take = (n: number, at: number): void => {
    let rest = n;
    while (rest > 0 && cohorts.length > 0) {
      const first = cohorts[0]!;
      const some = Math.min(first.count, rest);
      for (let i = 0; i < some; i += 1) left.add(at - first.at);
      first.count -= some;
      rest -= some;
      if (first.count === 0) cohorts.shift();
    }
  };

  return {
    fold: ({ loop, wasLength, length, around }) => {
      const held = cohorts.reduce((sum, { count }) => sum + count, 0);
      const least = Math.max(0, held - length);
      // A loop that turned unseen may have taken everybody and let as many in.
      const most = loop.motion === "still" ? least : Math.max(least, loop.iterations ?? wasLength);
      take(Math.floor(Math.min(held, most)), around.at);
      const stay = cohorts.reduce((sum, { count }) => sum + count, 0);
      if (length > stay) cohorts.push({ at: around.at, count: length - stay });
      if (cohorts.length > maxCohorts)
        cohorts = [{ at: cohorts[1]!.at, count: cohorts[0]!.count + cohorts[1]!.count }, ...cohorts.slice(2)];
    },
    waits: (at) => [
      ...left.values(),
      ...cohorts.flatMap(({ at: since, count }) => Array<number>(count).fill(at - since)),
    ],
    oldestMs: (at) => (cohorts[0] ? at - cohorts[0].at : 0),
    forget: () => {
      left = createSample();
    },
  };
};
