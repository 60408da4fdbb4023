// How long the connections of one listener waited for accept: read at accept where that is done for each of them, else from
// the ages of those seen waiting and the look at which they had left, to half the time between two looks.
import type { ListenerReading } from "../../snapshot/snapshot.js";

export interface AcceptWaits {
  look(at: number, listener: ListenerReading): void;
}

interface Resident {
  readonly ageMs: number;
  readonly lookedAt: number;
}

/** More than any usual limit. */
const followedAtMost = 8192;

/** `add`: a connection's wait, seconds. */
export const createAcceptWaits = (add: (seconds: number) => void): AcceptWaits => {
  let residents: ReadonlyMap<bigint, Resident> = new Map();
  let isExact = false;

  return {
    look(at, { waiting, length, acceptWaitsMs }) {
      isExact ||= acceptWaitsMs !== undefined;
      for (const waitedMs of acceptWaitsMs ?? []) add(waitedMs / 1000);
      // Who waits is known when they were listed, or when nobody does.
      if (isExact || (waiting === undefined && length > 0) || (length === 0 && residents.size === 0)) return;
      const listed = waiting?.connections.slice(0, followedAtMost) ?? [];
      const now = new Map(listed.map(({ cookie, ageMs }): [bigint, Resident] => [cookie, { ageMs, lookedAt: at }]));
      for (const [cookie, resident] of residents) {
        if (now.has(cookie)) continue;
        // Of a partial list nobody is known to have left.
        if (!waiting?.partial) add((resident.ageMs + (at - resident.lookedAt) / 2) / 1000);
        else if (now.size < followedAtMost) now.set(cookie, resident);
      }
      residents = now;
    },
  };
};
