// A point as the series that Prometheus stores of it: a histogram is buckets that add up (`le`), a sum and a count.
import type { MetricPoint } from "./reading.js";
import { metricOf, type MetricName } from "./table.js";

export interface FlatPoint {
  /** The metric's name; of a histogram with `_bucket`, `_sum` or `_count`. */
  readonly series: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export const flatten = (name: MetricName, point: MetricPoint): readonly FlatPoint[] => {
  const { labels } = point;
  if (!("histogram" in point)) return [{ series: name, labels, value: point.value }];
  const { counts, sums } = point.histogram;
  const bounds = [...metricOf(name).bounds, "+Inf"];
  let count = 0;
  const buckets = bounds.map((bound, i): FlatPoint => {
    count += counts[i] ?? 0;
    return { series: `${name}_bucket`, labels: { ...labels, le: String(bound) }, value: count };
  });
  const sum = sums.reduce((total, one) => total + one, 0);
  return [...buckets, { series: `${name}_sum`, labels, value: sum }, { series: `${name}_count`, labels, value: count }];
};
