// What the SDK's reader collects, against the readings that it was collected from.
import { AggregationTemporality, MeterProvider, MetricReader } from "@opentelemetry/sdk-metrics";
import test from "ava";
import { recordsAtMost } from "../../../src/export/metrics/bucket-records.js";
import { createInstruments } from "../../../src/export/metrics/instruments.js";
import type { MetricFamily } from "../../../src/export/metrics/reading.js";
import { metricTable } from "../../../src/export/metrics/table.js";

class Reader extends MetricReader {
  override onShutdown = (): Promise<void> => Promise.resolve();
  override onForceFlush = (): Promise<void> => Promise.resolve();
}

/** Collects once for each of the readings, and tells what the last collection has. */
const collect = async (...readings: readonly (readonly MetricFamily[])[]): Promise<Record<string, unknown>> => {
  const reader = new Reader({ aggregationTemporalitySelector: () => AggregationTemporality.CUMULATIVE });
  let families: readonly MetricFamily[] = [];
  createInstruments(new MeterProvider({ readers: [reader] }).getMeter("test"), () => families);
  let last: Record<string, unknown> = {};
  for (families of readings) {
    const { resourceMetrics, errors } = await reader.collect();
    if (errors.length > 0) throw errors[0];
    const metrics = resourceMetrics.scopeMetrics.flatMap((scope) => scope.metrics);
    last = Object.fromEntries(
      metrics.map(({ descriptor: { name, unit }, dataPoints }) => [
        `${name} ${unit}`,
        dataPoints.map(({ attributes, value }) => ({ attributes, value })),
      ]),
    );
  }
  return last;
};

const server = { server_address: "0.0.0.0", server_port: "3000" };
const empty = metricTable.find(({ name }) => name === "sockscope_event_loop_stall_seconds")!.bounds.map(() => 0);
const stalls = (counts: Record<number, number>, sums: Record<number, number>): MetricFamily => ({
  name: "sockscope_event_loop_stall_seconds",
  points: [
    {
      labels: {},
      histogram: { counts: Object.assign([...empty, 0], counts), sums: Object.assign([...empty, 0], sums) },
    },
  ],
});

const histogramIn = (collected: Record<string, unknown>): { count: number; sum: number; counts: number[] } => {
  const [point] = collected["sockscope.event_loop_stall s"] as [
    { value: { count: number; sum: number; buckets: { counts: number[] } } },
  ];
  const { count, sum, buckets } = point.value;
  return { count, sum, counts: buckets.counts };
};

test("counters and gauges carry the table's names without suffixes, its units, and attributes of their kind", async (t) => {
  t.deepEqual(
    await collect([
      { name: "sockscope_tcp_accept_queue_length", points: [{ labels: server, value: 3 }] },
      { name: "sockscope_tcp_accept_queue_peak", points: [{ labels: server, value: 9 }] },
      { name: "sockscope_tcp_connections", points: [{ labels: { state: "established" }, value: 4 }] },
      { name: "sockscope_netstat_total", points: [{ labels: { counter: "ListenOverflows" }, value: 197 }] },
    ]),
    {
      "sockscope.tcp.accept_queue_length {connection}": [
        { attributes: { "server.address": "0.0.0.0", "server.port": 3000 }, value: 3 },
      ],
      "sockscope.tcp.accept_queue_peak {connection}": [
        { attributes: { "server.address": "0.0.0.0", "server.port": 3000 }, value: 9 },
      ],
      "sockscope.tcp.connections {connection}": [
        { attributes: { "network.connection.state": "established" }, value: 4 },
      ],
      "sockscope.netstat 1": [{ attributes: { counter: "ListenOverflows" }, value: 197 }],
    },
  );
});

test("a histogram has the buckets' counts and sum, whenever it is collected", async (t) => {
  const counts = [1, 0, 3, 0, 0, 2, 0, 0, 0, 1];
  const expected = { count: 7, counts, sum: 0.05 + 0.6 + 2.6 + 31 };
  const whole = stalls({ 0: 1, 2: 3, 5: 2, 9: 1 }, { 0: 0.05, 2: 0.6, 5: 2.6, 9: 31 });
  const half = stalls({ 0: 1, 2: 1 }, { 0: 0.05, 2: 0.2 });
  for (const readings of [[whole], [half, whole], [half, half, whole, whole]]) {
    const { sum, ...rest } = histogramIn(await collect(...readings.map((one) => [one])));
    t.deepEqual(rest, { count: expected.count, counts });
    t.true(Math.abs(sum - expected.sum) < 1e-9, `${sum}`);
  }
});

test("an observer that began anew counts from zero, and what was recorded stays", async (t) => {
  const before = stalls({ 2: 5 }, { 2: 0.9 });
  const after = stalls({ 2: 1, 3: 1 }, { 2: 0.2, 3: 0.4 });
  const { count, counts } = histogramIn(await collect([before], [after]));
  t.deepEqual([count, counts.slice(2, 4)], [7, [6, 1]]);
});

test("of a million observations a share is recorded, none of the rare ones is lost, and the rest is counted", async (t) => {
  const collected = await collect([stalls({ 0: 1_000_000, 8: 1 }, { 0: 20_000, 8: 12 })]);
  const { count, counts } = histogramIn(collected);
  t.is(counts[8], 1);
  t.true(Math.abs(count - recordsAtMost) <= 2, `${count}`);
  t.deepEqual(collected["sockscope.self_failures {failure}"], [
    { attributes: { source: "OpenTelemetry histograms" }, value: 1_000_001 - count },
  ]);
});
