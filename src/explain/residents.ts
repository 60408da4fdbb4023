// How long connections waited in an accept queue: from the ages of its residents (sock_diag, inode 0) and the look at
// which their cookies had left. An estimate to half the time between two looks.
import type { WaitingReading } from "../snapshot/snapshot.js";
import type { Head } from "./listener-step.js";
import { createSample, type Sample } from "./sample.js";

/** More than any usual limit; beyond it the oldest are followed. */
const followed = 8192;

interface Resident {
  readonly ageMs: number;
  readonly closed: boolean;
  /** Its age when its peer was last known to be there. */
  readonly openMs: number;
  readonly lookedAt: number;
}

export interface Residents {
  /** A look at the queue: who left since the last one, and whether its head is still the same. */
  look(waiting: WaitingReading, length: number, at: number): Head;
  /** The queue was seen empty without a look: everybody left. */
  emptied(at: number): Head;
  /** Waits of those who left since `forget`, and the ages of those still there. */
  waits(at: number): readonly number[];
  ages(at: number): readonly number[];
  oldestMs(at: number): number;
  /** Peers that were gone while they had waited at least this long. */
  abandoned(minimumMs: number): number;
  /** So long each of them had been there for certain; undefined: of one at least it is not known. */
  patienceMs(minimumMs: number): number | undefined;
  readonly looked: boolean;
  forget(): void;
}

/** Steps in which the kernel counts ages: a jiffy, 10 ms at most. */
const stepMs = 12;

const eldestOf = (residents: ReadonlyMap<bigint, Resident>): readonly bigint[] => {
  const oldestMs = Math.max(...[...residents.values()].map(({ ageMs }) => ageMs));
  return [...residents].filter(([, { ageMs }]) => ageMs > oldestMs - stepMs).map(([cookie]) => cookie);
};

/** Follows the residents of one queue. */
export const createResidents = (): Residents => {
  let present = new Map<bigint, Resident>();
  // The queue is first in, first out, but ages have steps: those of one step are its head together.
  let eldest: readonly bigint[] = [];
  let left: Sample = createSample();
  let looked = false;
  let closedGone: { readonly waitedMs: number; readonly openMs: number }[] = [];
  // Reset connections keep their place in the queue but are no longer listed; the two readings are taken one after
  // the other, so only what two looks in a row agree on counts.
  let unlisted = 0;
  let lastUnlisted = 0;

  const leave = (resident: Resident, at: number): void => {
    const waitedMs = resident.ageMs + (at - resident.lookedAt) / 2;
    left.add(waitedMs);
    if (resident.closed && closedGone.length < followed) closedGone.push({ waitedMs, openMs: resident.openMs });
  };
  const ageNow = (resident: Resident, at: number): number => resident.ageMs + at - resident.lookedAt;

  const ages = (at: number): readonly number[] => [...present.values()].map((resident) => ageNow(resident, at));

  return {
    look: (waiting, length, at) => {
      const now = new Map<bigint, Resident>();
      for (const { cookie, ageMs, state } of waiting.connections.slice(0, followed)) {
        const closed = state === "CLOSE_WAIT";
        now.set(cookie, { ageMs, closed, openMs: closed ? (present.get(cookie)?.openMs ?? 0) : ageMs, lookedAt: at });
      }
      let gone = 0;
      for (const [cookie, resident] of present) {
        if (now.has(cookie)) continue;
        if (!waiting.partial) {
          leave(resident, at);
          gone += 1;
        } else if (now.size < followed) now.set(cookie, resident); // of a partial dump nobody is known to have left
      }
      const kept = eldest.length === 0 ? undefined : eldest.every((cookie) => now.has(cookie));
      if (kept !== true) eldest = eldestOf(now);
      present = now;
      const missing = waiting.partial ? lastUnlisted : Math.max(0, length - waiting.connections.length);
      unlisted = looked ? Math.max(unlisted, Math.min(missing, lastUnlisted)) : 0;
      lastUnlisted = missing;
      looked = true;
      return { kept, left: gone };
    },
    emptied: (at) => {
      for (const resident of present.values()) leave(resident, at);
      const gone = present.size;
      present = new Map();
      eldest = [];
      lastUnlisted = 0;
      return { kept: gone > 0 ? false : undefined, left: gone };
    },
    waits: (at) => [...left.values(), ...ages(at)],
    ages,
    oldestMs: (at) => {
      let oldest = 0;
      for (const resident of present.values()) oldest = Math.max(oldest, ageNow(resident, at));
      return oldest;
    },
    abandoned: (minimumMs) => {
      const waiting = [...present.values()].filter(({ closed, ageMs }) => closed && ageMs >= minimumMs).length;
      const long = [...present.values()].some(({ ageMs }) => ageMs >= minimumMs);
      return waiting + closedGone.filter(({ waitedMs }) => waitedMs >= minimumMs).length + (long ? unlisted : 0);
    },
    patienceMs: (minimumMs) => {
      const closed = [
        ...closedGone.filter(({ waitedMs }) => waitedMs >= minimumMs),
        ...[...present.values()].filter(({ closed: isClosed, ageMs }) => isClosed && ageMs >= minimumMs),
      ];
      return unlisted > 0 || closed.length === 0 ? undefined : Math.min(...closed.map(({ openMs }) => openMs));
    },
    get looked(): boolean {
      return looked;
    },
    forget: () => {
      left = createSample();
      closedGone = [];
      unlisted = 0;
      looked = false;
    },
  };
};
