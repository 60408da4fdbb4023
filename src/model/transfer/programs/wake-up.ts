// Sleeping on a socket (woken_wake_function): any wake-up of its queue ends it, whatever the sleeper is waiting for.
import type { Process } from "../../process.js";
import type { WaitQueue } from "../wait-queue.js";

export interface CallOptions {
  /** O_NONBLOCK or MSG_DONTWAIT. */
  readonly nonblocking?: boolean | undefined;
  /** The call goes to sleep. */
  readonly onWait?: (() => void) | undefined;
}

export function* wakeUp(waitQueue: WaitQueue, onWait?: () => void): Process {
  onWait?.();
  const waiter = { wake: (): void => {} };
  yield {
    start: (wake) => {
      waiter.wake = wake;
      waitQueue.add(waiter);
    },
  };
  waitQueue.remove(waiter);
}
