// Work that keeps a thread: by the clock, or until it has had so much CPU time.

/**
 * Holds the thread until `ms` of wall clock have passed, as synchronous input and output does: it computes a little and
 * waits for the next row. On a machine that has other things to do, pure computing would be starved as much as it blocks.
 */
export const holdFor = (ms: number): void => {
  const row = new Int32Array(new SharedArrayBuffer(4));
  const end = performance.now() + ms;
  for (let now = performance.now(); now < end; now = performance.now()) {
    const computed = Math.min(end, now + 2);
    while (performance.now() < computed);
    if (computed < end) Atomics.wait(row, 0, 0, Math.min(6, end - computed));
  }
};

/** Wants a CPU until `ms` of wall clock have passed, however little of it it gets. */
export const spinFor = (ms: number): void => {
  const end = performance.now() + ms;
  while (performance.now() < end);
};
