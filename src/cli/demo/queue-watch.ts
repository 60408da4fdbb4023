// The demo's own look at the server's queue, from outside as `ss` would take it: sock_diag, and the main thread's
// CPU time. It knows nothing of what the observer inside the server sees.
import { openDiag, openTask } from "../../kernel/index.js";

export interface QueueReading {
  readonly length: number;
  /** Segments dropped since the listener exists. */
  readonly drops: number;
  /** Share of the time since the previous reading that the main thread was on a CPU, 0..1. */
  readonly busy?: number | undefined;
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
  let cpuMs = task.read()?.cpuMs;
  let at = performance.now();
  const busy = (): number | undefined => {
    const [beforeMs, beforeAt] = [cpuMs, at];
    cpuMs = task.read()?.cpuMs;
    at = performance.now();
    return cpuMs === undefined || beforeMs === undefined ? undefined : (cpuMs - beforeMs) / (at - beforeAt);
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
