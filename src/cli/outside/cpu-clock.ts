// What a look costs is its time on the CPU: on a busy machine the clock on the wall would count what others took.

/** Time on the CPU of this process so far, ms. */
export const cpuNow = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
