// Metrics as the lines of their text.
import { createMetrics, type Metrics } from "../../../src/export/metrics/metrics.js";
import { metricsText } from "../../../src/export/metrics/text.js";

export const made = (): Metrics => createMetrics({ version: "1.2.3", nodeVersion: "v20.20.2" });

/** The lines of one metric, without help and type. */
export const linesOf = (metrics: Metrics, name: string): string[] =>
  metricsText(metrics.collect())
    .split("\n")
    .filter((line) => line.startsWith(name));
