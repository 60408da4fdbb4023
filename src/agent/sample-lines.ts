// The log's line of each interval: what the queues held at most between two lines is only seen by looking along.
import { type Sample, sampleOf } from "../export/sample.js";
import type { Snapshot } from "../snapshot/snapshot.js";

export interface SampleLines {
  /** Every look. */
  look(seen: Pick<Snapshot, "listeners">): void;
  /** The snapshot that ends an interval. */
  interval(snapshot: Snapshot): void;
}

export const createSampleLines = (tell: (sample: Sample) => void): SampleLines => {
  let peaks = new Map<bigint, number>();
  let previous: Snapshot | undefined;
  /** Looked at below the sockets, at a slower pace. */
  let network: Snapshot["network"];
  return {
    look({ listeners }) {
      for (const { cookie, length } of listeners) peaks.set(cookie, Math.max(length, peaks.get(cookie) ?? 0));
    },
    interval(snapshot) {
      tell(sampleOf(snapshot, previous, network, peaks));
      peaks = new Map();
      previous = snapshot;
      network = snapshot.network ?? network;
    },
  };
};
