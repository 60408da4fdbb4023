// Who sleeps on a socket and in which order they are woken (struct socket_wq; kernel/sched/wait.c): sleepers and pollers
// join in front, so that whoever came last is woken first, and all of them are; of the exclusive ones (accept) the first only.

/** Poll events (include/uapi/linux/eventpoll.h). */
export const poll = { in: 1, out: 4, err: 8, hup: 16, rdhup: 0x2000 } as const;

export interface Waiter {
  /** Called with the events of the wake-up; 0: something changed that concerns everybody (sk_state_change). */
  readonly wake: (events: number) => void;
  readonly exclusive?: boolean | undefined;
}

export interface WaitQueue {
  add(waiter: Waiter): void;
  remove(waiter: Waiter): void;
  /** wake_up_interruptible_poll. */
  wake(events: number): void;
}

export function createWaitQueue(): WaitQueue {
  let waiters: readonly Waiter[] = [];
  return {
    add: (waiter) => {
      waiters = waiter.exclusive ? [...waiters, waiter] : [waiter, ...waiters];
    },
    remove: (waiter) => {
      waiters = waiters.filter((other) => other !== waiter);
    },
    wake: (events) => {
      for (const waiter of waiters) {
        waiter.wake(events);
        if (waiter.exclusive) return;
      }
    },
  };
}
