// What a server with the agent and one without it use, second by second.
import { sleep } from "./child.mjs";
import { readThreads, usedBetween } from "./threads.mjs";

/** Of one core. */
export const percentOf = (cpuMs, ms) => (100 * cpuMs) / ms;

/** A main thread that uses less in a second sleeps: V8 does not collect its heap. */
const asleepMs = 0.1;

/** What both use in each of some seconds: `[with the agent, without]`, and how long it was. */
export const usedBySecond = async (hosts, ms) => {
  const seconds = [];
  let before = hosts.map(({ pid }) => readThreads(pid));
  let began = performance.now();
  for (let left = ms; left > 0; left -= 1000) {
    await sleep(1000);
    const now = hosts.map(({ pid }) => readThreads(pid));
    const passed = performance.now() - began;
    began += passed;
    seconds.push({ ms: passed, used: now.map((threads, i) => usedBetween(before[i], threads, "sockscope")) });
    before = now;
  }
  return seconds;
};

export const sumOf = (seconds, of) => seconds.reduce((sum, second) => sum + of(second), 0);

/**
 * V8's helpers work for the main thread's heap too, which is no work of the agent's, and comes about at other moments in the one
 * process than in the other: only seconds in which both main threads sleep are counted, where there are some.
 */
export const helpersOf = (seconds) => {
  const asleep = seconds.filter(({ used }) => used.every(({ main }) => main.cpuMs < asleepMs));
  const counted = asleep.length > 0 ? asleep : seconds;
  const more = sumOf(counted, ({ used: [on, off] }) => on.others.cpuMs - off.others.cpuMs);
  return percentOf(
    more,
    sumOf(counted, ({ ms }) => ms),
  );
};
