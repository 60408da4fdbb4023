// The demo's own look at the server's queue, from outside as `ss` would take it: sock_diag, and what the
// main thread does. It knows nothing of what the observer inside the server sees.
import { openDiag, openTask } from "../../kernel/index.js";

export interface QueueReading {
  readonly length: number;
  /** Segments dropped since the listener exists. */
  readonly drops: number;
  /** The main thread was elsewhere than in epoll_wait, where an event loop rests. */
  readonly busy?: boolean | undefined;
}

export interface QueueWatch {
  /** The listener's limit; `undefined` where sock_diag is not to be had: the chart then stays empty. */
  readonly limit: number | undefined;
  read(): QueueReading;
  close(): void;
}

export const watchQueue = (pid: number, port: number): QueueWatch => {
  const diag = openDiag({});
  const task = openTask(pid, pid);
  const listener = (): { length: number; limit: number; drops?: number | undefined } | undefined =>
    diag?.listeners().rows.find((row) => row.port === port);
  const busy = (): boolean | undefined => {
    const { state, wchan } = task.read() ?? {};
    if (state === undefined || (state === "S" && wchan === undefined)) return undefined;
    // `ep_poll` up to Linux 6.x, `do_epoll_wait` where ep_poll is inlined.
    return !/ep_poll|epoll/.test(wchan ?? "");
  };
  return {
    limit: listener()?.limit,
    read: () => {
      const { length = 0, drops = 0 } = listener() ?? {};
      return { length, drops, busy: busy() };
    },
    close: () => {
      task.close();
      diag?.close();
    },
  };
};
