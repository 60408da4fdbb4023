// What was seen of each listener over a watch: its queue's peak, its new drops. Feeds the summary of `diagnose`.
import type { ListenerReading, Snapshot } from "../../snapshot/snapshot.js";

/** One listener over the whole watch. */
export interface WatchedListener {
  readonly transport: "tcp" | "unix";
  readonly address?: string | undefined;
  readonly port?: number | undefined;
  readonly path?: string | undefined;
  readonly pid?: number | undefined;
  /** At the last look; limit + 1 connections fit. */
  readonly length: number;
  readonly limit: number;
  /** The deepest queue that was seen. */
  readonly peak: number;
  /** Segments dropped since the listener exists, and during the watch; absent for unix. */
  readonly drops?: number | undefined;
  readonly newDrops?: number | undefined;
}

export interface ListenerLog {
  see(snapshot: Snapshot): void;
  rows(): readonly WatchedListener[];
}

export const createListenerLog = (): ListenerLog => {
  const rows = new Map<bigint, WatchedListener>();
  const firstDrops = new Map<bigint, number | undefined>();
  const see = (listener: ListenerReading): void => {
    const { cookie, transport, address, port, path, pid, length, limit, drops } = listener;
    const before = rows.get(cookie);
    if (!before) firstDrops.set(cookie, drops);
    const first = firstDrops.get(cookie);
    const newDrops = drops === undefined || first === undefined ? undefined : (drops - first) >>> 0;
    const peak = Math.max(before?.peak ?? 0, length);
    rows.set(cookie, { transport, address, port, path, pid, length, limit, peak, drops, newDrops });
  };
  return {
    see: (snapshot) => snapshot.listeners.forEach(see),
    rows: () => [...rows.values()],
  };
};
