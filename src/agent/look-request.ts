// What a look is asked for, and what comes of it.
import type { Snapshot, StallCapture } from "../snapshot/snapshot.js";
import type { PaceSigns } from "./pace.js";

export interface LookRequest {
  /** Monotonic ms. */
  readonly at: number;
  /** How much later than due this look is. */
  readonly lateMs: number;
  /** A reporting interval has passed. */
  readonly interval: boolean;
  /** The pace is fast: read what explains, too. */
  readonly close: boolean;
  /** The explainer wants the namespace's counters. */
  readonly counters: boolean;
  /** … and the half-open connections of each port. */
  readonly synRecv: boolean;
  readonly stalls: readonly StallCapture[];
  /** Cookies of connections that the explainer wants to see more often; `follow`: now. */
  readonly followed: readonly bigint[];
  readonly follow: boolean;
}

export interface Look {
  /** An earlier moment, where something is of interest since then. */
  readonly before?: Snapshot | undefined;
  readonly snapshot: Snapshot;
  readonly signs: PaceSigns;
}
