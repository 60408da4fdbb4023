// The observer's metrics, and their way to the main thread: shared memory, written at each interval where the
// application holds an agent, some 0.1 ms. Not only when it asks: who asks first would be told of long ago, and could not
// wait.
import { createMetrics, type Metrics } from "../../export/metrics/metrics.js";
import { version } from "../../export/version.js";
import { writeMetrics } from "./board.js";

export interface AgentMetricsOptions {
  readonly memory: SharedArrayBuffer;
  /** Somebody could read it. */
  readonly isWanted: () => boolean;
  /** Log lines that were lost so far. */
  readonly lostLines: () => number;
}

export const createAgentMetrics = ({ memory, isWanted, lostLines }: AgentMetricsOptions): Metrics => {
  const metrics = createMetrics({ version: version(), nodeVersion: process.version });
  let lost = 0;

  return {
    ...metrics,
    interval(snapshot) {
      const lostNow = lostLines();
      if (lostNow > lost) metrics.failed("log", lostNow - lost);
      lost = lostNow;
      metrics.interval(snapshot);
      if (isWanted() && !writeMetrics(memory, metrics.collect())) metrics.failed("metrics");
    },
  };
};
