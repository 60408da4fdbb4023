// One CPU for the programs of a connection within one host: whoever runs goes on until it waits, the next in line follows.
import type { Process } from "../process.js";

export interface Turns {
  take(): Process;
  end(): void;
}

export function createTurns(): Turns {
  const waiting: (() => void)[] = [];
  let isTaken = false;
  return {
    take: function* () {
      if (isTaken) yield { start: (wake) => waiting.push(wake) };
      isTaken = true;
    },
    end: () => {
      const next = waiting.shift();
      if (next) next();
      else isTaken = false;
    },
  };
}

/** Each has a CPU of its own. */
export const noTurns: Turns = { take: function* () {}, end: () => {} };
