// The observer's metrics, and their way to the main thread: shared memory, written at each interval while somebody there asks
// for them, and now and then otherwise, so that who asks first is not told of long ago.
import { createMetrics, type Metrics } from "../export/metrics/metrics.js";
import { version } from "../export/version.js";
import { writeMetrics } from "./board.js";
import { wants } from "./messages.js";

export interface AgentMetricsOptions {
  readonly memory: SharedArrayBuffer;
  readonly wants: SharedArrayBuffer;
  /** Log lines that were lost so far. */
  readonly lostLines: () => number;
}

const unaskedMs = 10_000;

export const createAgentMetrics = ({ memory, wants: words, lostLines }: AgentMetricsOptions): Metrics => {
  const metrics = createMetrics({ version: version(), nodeVersion: process.version });
  const wanted = new Int32Array(words);
  let writtenAt = Number.NEGATIVE_INFINITY;
  let lost = 0;

  return {
    ...metrics,
    interval(snapshot) {
      const lostNow = lostLines();
      if (lostNow > lost) metrics.failed("log", lostNow - lost);
      lost = lostNow;
      metrics.interval(snapshot);
      if (Atomics.load(wanted, wants.metrics) === 0 && snapshot.at - writtenAt < unaskedMs) return;
      writtenAt = snapshot.at;
      if (!writeMetrics(memory, metrics.collect())) metrics.failed("metrics");
    },
  };
};
