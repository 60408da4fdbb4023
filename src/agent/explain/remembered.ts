// The last looks at each socket that was asked about, so that a second question has a window. Bounded in sockets, in
// looks of one and in time.

export interface Remembered<Look> {
  /** The looks at this socket within the last seconds, this one the last. */
  add(cookie: bigint, look: Look, at: number): readonly Look[];
}

const socketsAtMost = 64;
const looksAtMost = 8;
/** Looks that follow closer take the place of the one before: else a fast caller has no window. */
const apartMs = 200;
/** What moved over a longer time is no window. */
const keptMs = 30_000;

interface Entry<Look> {
  readonly at: number;
  readonly look: Look;
}

export const createRemembered = <Look>(): Remembered<Look> => {
  const sockets = new Map<bigint, readonly Entry<Look>[]>();
  return {
    add(cookie, look, at) {
      const kept = (sockets.get(cookie) ?? []).filter((entry) => at - entry.at <= keptMs);
      const entries = [...kept, { at, look }];
      const spaced = kept.filter((entry, i) => i === 0 || entry.at - kept[i - 1]!.at >= apartMs);
      sockets.delete(cookie);
      sockets.set(cookie, [...spaced.slice(1 - looksAtMost), { at, look }]);
      for (const oldest of sockets.keys()) {
        if (sockets.size <= socketsAtMost) break;
        sockets.delete(oldest);
      }
      return entries.map((entry) => entry.look);
    },
  };
};
