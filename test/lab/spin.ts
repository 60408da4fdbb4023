// Work that keeps a thread on its CPU: by the clock, or until it has had so much CPU time.

/** Busy until `ms` of wall clock have passed. */
export const spinFor = (ms: number): void => {
  const end = performance.now() + ms;
  while (performance.now() < end);
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
