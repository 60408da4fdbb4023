// What runs when, on one CPU: a packet sent from a system call is received before the call goes on (the softirq runs
// when bottom halves are enabled again), one sent from softirq context after what is being done there.

export interface Softirq {
  /** Runs `work` now, or after the softirq work that is under way. */
  raise(work: () => void): void;
  /** Runs `work` with bottom halves disabled, then what it raised. */
  hold(work: () => void): void;
}

export function createSoftirq(): Softirq {
  let waiting: (() => void)[] = [];
  let isRunning = false;
  const drain = (): void => {
    isRunning = true;
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      for (const work of batch) work();
    }
    isRunning = false;
  };
  return {
    raise: (work) => {
      waiting.push(work);
      if (!isRunning) drain();
    },
    hold: (work) => {
      if (isRunning) return work();
      isRunning = true;
      work();
      drain();
    },
  };
}
