// The observer's metrics, and their way to the main thread: shared memory, written at each interval, some 0.1 ms. Not only while
// somebody asks: who asks first would be told of long ago, and could not wait.
import { createMetrics, type Metrics } from "../../export/metrics/metrics.js";
import { version } from "../../export/version.js";
import { writeMetrics } from "./board.js";

export interface AgentMetricsOptions {
  readonly memory: SharedArrayBuffer;
  /** Log lines that were lost so far. */
  readonly lostLines: () => number;
}

export const createAgentMetrics = ({ memory, lostLines }: AgentMetricsOptions): Metrics => {
  const metrics = createMetrics({ version: version(), nodeVersion: process.version });
  let lost = 0;

  return {
    ...metrics,
    interval(snapshot) {
      const lostNow = lostLines();
      if (lostNow > lost) metrics.failed("log", lostNow - lost);
      lost = lostNow;
      metrics.interval(snapshot);
      if (!writeMetrics(memory, metrics.collect())) metrics.failed("metrics");
    },
  };
};
