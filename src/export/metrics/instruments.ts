// The metrics as instruments of OpenTelemetry's API: what the table says, observed when a reader collects.
import type {
  Attributes,
  BatchObservableCallback,
  Histogram,
  Meter,
  MetricOptions,
  Observable,
} from "@opentelemetry/api";
import { type BucketRecords, createBucketRecords } from "./bucket-records.js";
import type { Labels, MetricFamily } from "./reading.js";
import {
  labelAttributes,
  type LabelName,
  type Metric,
  type MetricName,
  metricTable,
  openTelemetryName,
} from "./table.js";

interface Recorded {
  readonly histogram: Histogram;
  readonly records: BucketRecords;
}

/** Several processes' values add up, or they do not: an up-down counter, or a gauge. */
const observableOf = (meter: Meter, { name, kind, across, unit, help }: Metric): Observable => {
  const options: MetricOptions = { description: help, unit };
  if (kind === "counter") return meter.createObservableCounter(openTelemetryName(name), options);
  return across === "sum"
    ? meter.createObservableUpDownCounter(openTelemetryName(name), options)
    : meter.createObservableGauge(openTelemetryName(name), options);
};

const recordedOf = (meter: Meter, { name, unit, help, bounds }: Metric): Recorded => ({
  histogram: meter.createHistogram(openTelemetryName(name), {
    description: help,
    unit,
    advice: { explicitBucketBoundaries: [...bounds] },
  }),
  records: createBucketRecords(bounds),
});

const attributeOf = (label: LabelName, value: string): number | string =>
  label === "server_port" ? Number(value) : value;

const attributesOf = (labels: Labels): Attributes =>
  Object.fromEntries(
    Object.entries(labels).map(([label, value]) => {
      const name = label as LabelName;
      return [labelAttributes[name], attributeOf(name, value)];
    }),
  );

/** Creates them and has them observed from `read`, which is called at each collection. */
export const createInstruments = (meter: Meter, read: () => readonly MetricFamily[]): void => {
  const observables = new Map<MetricName, Observable>();
  const histograms = new Map<MetricName, Recorded>();
  for (const metric of metricTable) {
    if (metric.kind === "histogram") histograms.set(metric.name, recordedOf(meter, metric));
    else observables.set(metric.name, observableOf(meter, metric));
  }
  const recordAll = ({ name, points }: MetricFamily): number => {
    const recorded = histograms.get(name);
    let left = 0;
    for (const point of points) {
      if (!recorded || !("histogram" in point)) continue;
      const attributes = attributesOf(point.labels);
      const series = JSON.stringify(point.labels);
      left += recorded.records.take(series, point.histogram, (value) => recorded.histogram.record(value, attributes));
    }
    return left;
  };
  let omitted = 0;
  const observe: BatchObservableCallback = (result) => {
    for (const family of read()) {
      omitted += recordAll(family);
      const observable = observables.get(family.name);
      for (const point of family.points)
        if (observable && "value" in point) result.observe(observable, point.value, attributesOf(point.labels));
    }
    const failures = observables.get("sockscope_self_failures_total");
    if (failures && omitted > 0) result.observe(failures, omitted, { source: "OpenTelemetry histograms" });
  };
  meter.addBatchObservableCallback(observe, [...observables.values()]);
};
