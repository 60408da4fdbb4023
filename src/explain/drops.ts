// Which of a listener's drops are an overflow of its accept queue: the counter also moves when the SYN queue is full
// without cookies and for deferred ACKs. A queue seen full proves it; else ListenOverflows tells.
import type { ListenerStep } from "./listener-step.js";
import { moved, type Netns } from "./netns.js";

export interface Drops {
  /** Not yet told apart, and since when. */
  readonly doubtful: number;
  readonly doubtfulAt?: number | undefined;
  /** Found to be overflows in this step. */
  readonly overflows: number;
}

export const noDrops: Drops = { doubtful: 0, overflows: 0 };

/** Folds one step in; what no counter explains within `patienceMs` is taken for the usual case, an overflow. */
export const foldDrops = (drops: Drops, step: ListenerStep, netns: Netns, patienceMs: number): Drops => {
  const doubtful = drops.doubtful + step.drops;
  if (doubtful === 0) return noDrops;
  const { at } = step.around;
  const wasFull = step.wasLength >= step.capacity || step.length >= step.capacity;
  if (step.drops > 0 && wasFull) return { doubtful: 0, overflows: doubtful };
  const overflows = moved(netns).ListenOverflows;
  if (overflows !== undefined) return { doubtful: 0, overflows: overflows > 0 ? doubtful : 0 };
  const doubtfulAt = drops.doubtfulAt ?? at;
  if (at - doubtfulAt >= patienceMs) return { doubtful: 0, overflows: doubtful };
  return { doubtful, doubtfulAt, overflows: 0 };
};
