// Variants of the same work in turn, so that whatever else the machine does meets all of them alike.
import { inProcess } from "./raw.mjs";

/** Order of round `round`: forward, backward, forward … (ABBA). */
export const orderOf = (names, round) => (round % 2 === 0 ? [...names] : [...names].reverse());

/**
 * Runs each of `variants` once a round; a variant returns what it cost, in whatever unit. The first rounds (`warmUp`)
 * do not count. Returns the costs by variant, round by round.
 */
export async function alternate(variants, { rounds, warmUp = 1 }) {
  const names = Object.keys(variants);
  const costs = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = -warmUp; round < rounds; round++) {
    for (const name of orderOf(names, Math.abs(round))) {
      const cost = await variants[name]();
      if (round >= 0) costs[name].push(cost);
    }
  }
  return costs;
}

/** Nanoseconds of CPU that one call of `work` takes of this thread, over `times` calls in a row. */
export function nsPerCall(work, times = 1) {
  const { threadCpuNs } = inProcess();
  const began = threadCpuNs();
  for (let i = 0; i < times; i++) work();
  return (threadCpuNs() - began) / times;
}

const heapGrowth = (work, times) => {
  // A full collection would throw away compiled code with what it remembers: its own making is then in the figure.
  globalThis.gc({ type: "minor" });
  const before = process.memoryUsage().heapUsed;
  for (let i = 0; i < times; i++) work();
  return process.memoryUsage().heapUsed - before;
};

/** Bytes that one call of `work` leaves on the JavaScript heap; needs --expose-gc, which the runner gives. */
export function heapPerCall(work, times) {
  const looking = heapGrowth(() => {}, 0);
  return Math.max(0, heapGrowth(work, times) - looking) / times;
}
