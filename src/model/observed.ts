// What every source of snapshots shares: when its runs begin, and the process that they show.

/** Wall clock at the start of a run, epoch ms, unless it is given. */
export const startOf2026 = 1_767_225_600_000;
export const pid = 4242;
