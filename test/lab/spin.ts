// Work that keeps a thread: by the clock, or until it has had so much CPU time.

const nothing = new Int32Array(new SharedArrayBuffer(4));
/** A row of a synchronous database driver: it computes a little and waits for the next. */
const rowMs = { computed: 2, waited: 6 };

/** One row, until `end` at the latest. */
export const holdRow = (end: number): void => {
  const computed = Math.min(end, performance.now() + rowMs.computed);
  while (performance.now() < computed);
  const left = end - performance.now();
  if (left > 0) Atomics.wait(nothing, 0, 0, Math.min(rowMs.waited, left));
};

/**
 * Holds the thread until `ms` of wall clock have passed, as synchronous input and output does. Mostly off the CPU: on a
 * machine that has other things to do, pure computing would be starved as much as it blocks.
 */
export const holdFor = (ms: number): void => {
  const end = performance.now() + ms;
  while (performance.now() < end) holdRow(end);
};

/** Busy until the process has used `cpuMs` of CPU: takes longer when the CPU is withheld. */
export const spinForCpu = (cpuMs: number): void => {
  const { user, system } = process.cpuUsage();
  const end = user + system + cpuMs * 1000;
  for (;;) {
    const now = process.cpuUsage();
    if (now.user + now.system >= end) return;
  }
};
