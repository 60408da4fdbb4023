// The observer's metrics, and their way to the main thread: shared memory, written at each interval where the
// application holds an agent, some 0.1 ms. Not only when it asks: who asks first would be told of long ago, and could not
// wait. Where nobody can ask at all, nothing but findings is counted.
import { createMetrics, type Metrics } from "../../export/metrics/metrics.js";
import { version } from "../../export/version.js";
import { writeMetrics } from "./board.js";

export interface AgentMetricsOptions {
  readonly memory: SharedArrayBuffer;
  /** The application holds an agent, and could read it. */
  readonly isHeld: () => boolean;
  /** Whoever finds the endpoint can ask for it. */
  readonly isServed: boolean;
  /** Log lines that were lost so far. */
  readonly lostLines: () => number;
}

export const createAgentMetrics = ({ memory, isHeld, isServed, lostLines }: AgentMetricsOptions): Metrics => {
  const metrics = createMetrics({ version: version(), nodeVersion: process.version });
  let lost = 0;

  return {
    ...metrics,
    look(seen) {
      if (isServed || isHeld()) metrics.look(seen);
    },
    interval(snapshot) {
      const held = isHeld();
      if (!isServed && !held) return;
      const lostNow = lostLines();
      if (lostNow > lost) metrics.failed("log", lostNow - lost);
      lost = lostNow;
      metrics.interval(snapshot);
      if (held && !writeMetrics(memory, metrics.collect())) metrics.failed("metrics");
    },
  };
};
