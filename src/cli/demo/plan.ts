// What a demo sets up: the server's mistake, the clients' schedule, and what the clients saw. All of it is JSON.

export interface ServerPlan {
  readonly listenBacklog: number;
  /** How long rebuildSearchIndex holds the main thread. */
  readonly reindexMs?: number | undefined;
  /** The same work in slices. */
  readonly sliced?: boolean | undefined;
  /** How long renderReport computes on every request. */
  readonly reportMs?: number | undefined;
  readonly maxConnections?: number | undefined;
  /** `ulimit -n` of the server. */
  readonly openFiles?: number | undefined;
  /** Cluster workers; without it there is one process. */
  readonly workers?: number | undefined;
}

export interface LoadPlan {
  /** How long connections are opened. */
  readonly durationMs: number;
  /** Connections a second, evenly spaced, and the path they ask for. */
  readonly perSecond: number;
  readonly path: string;
  /** Between these times only; the whole duration when left out. */
  readonly fromMs?: number | undefined;
  readonly untilMs?: number | undefined;
  /** Connections opened at once. */
  readonly bursts?: readonly { readonly atMs: number; readonly count: number; readonly path: string }[] | undefined;
  /** Keep every connection open. */
  readonly hold?: boolean | undefined;
}

/** What the clients saw, so far. */
export interface ClientTally {
  readonly opened: number;
  readonly answered: number;
  /** Closed or reset without an answer. */
  readonly cut: number;
  /** Opened, and neither answered nor cut. */
  readonly waiting: number;
  /** From connect() to the first byte of the answer; connections still waiting count with their age. */
  readonly medianMs: number;
  readonly slowestMs: number;
  /** How many took, or wait, longer than a second. */
  readonly overSecond: number;
}
