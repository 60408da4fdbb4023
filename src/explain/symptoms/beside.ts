// What the symptoms beside the ladder are told from: one snapshot, the counters that moved, and the listeners followed.
import type { AcceptPath } from "../accept-path.js";
import type { Lifecycle } from "../lifecycle.js";
import type { Netns } from "../netns.js";
import type { Counters, Snapshot } from "../../snapshot/snapshot.js";
import type { Surroundings } from "../surroundings.js";
import type { Thresholds } from "../thresholds.js";

export interface Beside {
  readonly snapshot: Snapshot;
  readonly before: Snapshot;
  readonly around: Surroundings;
  readonly netns: Netns;
  /** What the counters moved by since they were last read; empty when this snapshot brought none. */
  readonly moved: Counters;
  readonly thresholds: Thresholds;
  readonly lifecycle: Lifecycle;
  readonly paths: ReadonlyMap<bigint, AcceptPath>;
  /** Listeners that are gone since this snapshot. */
  readonly closed: readonly AcceptPath[];
}

/** One symptom's memory and rule. */
export interface BesideSymptom {
  observe(beside: Beside): void;
  /** Readings it would like with the next snapshot. */
  wants?(): {
    readonly counters?: boolean;
    readonly synRecv?: boolean;
    readonly sockets?: readonly bigint[];
    readonly ask?: readonly bigint[];
  };
}

/** The listener whose drops moved most since the counters were last read, and whether others dropped too. */
export const dropper = ({ paths }: Beside): { path: AcceptPath; alone: boolean } | undefined => {
  const dropping = [...paths.values()].filter(({ droppedSinceCounters }) => droppedSinceCounters > 0);
  const path = dropping.toSorted((a, b) => b.droppedSinceCounters - a.droppedSinceCounters)[0];
  return path && { path, alone: dropping.length === 1 };
};

/** Counters are read a moment after the listeners: what has moved without a drop waits so long for the next look. */
export const unplacedMs = 1500;
