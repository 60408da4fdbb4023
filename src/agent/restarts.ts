// How often an observer that dies is started anew: never at once, since it shares the application's CPUs, and not for
// ever, since one that keeps dying has to be said to be broken.

/** Given the moment of a death (monotonic ms), milliseconds until the next start; `undefined`: no more. */
export type Restarts = (at: number) => number | undefined;

export interface RestartLimits {
  /** Before the first start anew, the second, and so on. */
  readonly pausesMs: readonly number[];
  /** Deaths longer ago do not count. */
  readonly windowMs: number;
}

export const restartLimits: RestartLimits = { pausesMs: [1000, 4000, 16_000, 64_000], windowMs: 3_600_000 };

export const createRestarts = ({ pausesMs, windowMs }: RestartLimits = restartLimits): Restarts => {
  let deaths: readonly number[] = [];
  return (at) => {
    const recent = deaths.filter((death) => at - death < windowMs);
    deaths = [...recent, at];
    return pausesMs[recent.length];
  };
};
