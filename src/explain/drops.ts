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
  /**
   * ListenOverflows beyond the drops that were seen: listeners are read before the counters, and what overflows in between
   * moves the listener's own counter at the next look.
   */
  readonly ahead: number;
}

export const noDrops: Drops = { doubtful: 0, overflows: 0, ahead: 0 };

/** Folds one step in; what no counter explains within `patienceMs` is taken for the usual case, an overflow. */
export const foldDrops = (drops: Drops, step: ListenerStep, netns: Netns, patienceMs: number): Drops => {
  const doubtful = drops.doubtful + step.drops;
  const counted = moved(netns).ListenOverflows;
  if (doubtful === 0) return { ...noDrops, ahead: counted ?? 0 };
  const { at } = step.around;
  const known = (counted ?? 0) + drops.ahead;
  const allOverflows: Drops = { doubtful: 0, overflows: doubtful, ahead: Math.max(0, known - doubtful) };
  const wasFull = step.wasLength >= step.capacity || step.length >= step.capacity;
  if (step.drops > 0 && wasFull) return allOverflows;
  if (counted !== undefined) return known > 0 ? allOverflows : noDrops;
  const doubtfulAt = drops.doubtfulAt ?? at;
  if (at - doubtfulAt >= patienceMs) return allOverflows;
  return { doubtful, doubtfulAt, overflows: 0, ahead: drops.ahead };
};
