// A cluster primary (lib/internal/cluster/round_robin_handle.js): what it has accepted waits in an array of its own until a
// worker is free, one connection at a time for each.
import { type Engine, nanosPerMs, priority, toNanos } from "../engine.js";
import type { HandOutSpec } from "./scenario.js";

export interface HandOut {
  /** It was accepted; `gone` is called when a worker has taken it. */
  add(gone: () => void): void;
  /** How long each that waits has waited, ms. */
  waitingMs(): readonly number[];
}

export function createHandOut(engine: Engine, { workers, serviceTime }: HandOutSpec): HandOut {
  const waiting: { readonly since: number; readonly gone: () => void }[] = [];
  let free = workers;
  const handOut = (): void => {
    while (free > 0 && waiting.length > 0) {
      free -= 1;
      waiting.shift()!.gone();
      engine.at(engine.now() + toNanos(serviceTime), priority.server, () => {
        free += 1;
        handOut();
      });
    }
  };
  return {
    add: (gone) => {
      waiting.push({ since: engine.now(), gone });
      handOut();
    },
    waitingMs: () => waiting.map(({ since }) => (engine.now() - since) / nanosPerMs),
  };
}
