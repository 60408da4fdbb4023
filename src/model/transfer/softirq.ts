// What runs when, on one CPU: a packet sent from a system call is received before the call goes on (the softirq runs
// when bottom halves are enabled again), one sent from softirq context after what is being done there.

export interface Softirq {
  /** Runs `work` now, or after the softirq work that is under way. */
  raise(work: () => void): void;
  /** Softirq work is under way. */
  isRunning(): boolean;
}

export function createSoftirq(): Softirq {
  let waiting: (() => void)[] = [];
  let running = false;
  const drain = (): void => {
    running = true;
    try {
      while (waiting.length > 0) {
        const batch = waiting;
        waiting = [];
        for (const work of batch) work();
      }
    } finally {
      running = false;
    }
  };
  return {
    raise: (work) => {
      waiting.push(work);
      if (!running) drain();
    },
    isRunning: () => running,
  };
}
