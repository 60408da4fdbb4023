// What was collected, as plain data: everything that is said of a metric beside its values is in the table.
import type { HistogramReading } from "../../snapshot/histogram.js";
import type { LabelName, MetricName } from "./table.js";

export type { HistogramReading };

/** The labels of the metric's row, each with a value. */
export type Labels = Readonly<Partial<Record<LabelName, string>>>;

/** Of a counter or a gauge. */
export interface NumberPoint {
  readonly labels: Labels;
  readonly value: number;
}

/** Of a histogram: cumulative since the observer began. */
export interface HistogramPoint {
  readonly labels: Labels;
  readonly histogram: HistogramReading;
}

export type MetricPoint = NumberPoint | HistogramPoint;

/** A metric with its series, as of one moment. A metric or series that could not be read is absent. */
export interface MetricFamily {
  readonly name: MetricName;
  readonly points: readonly MetricPoint[];
}
