import test from "ava";
import type { MetricFamily } from "../../../src/export/metrics/reading.js";
import { metricTable, openTelemetryName } from "../../../src/export/metrics/table.js";
import { metricsText } from "../../../src/export/metrics/text.js";

test("a family is its help, its type and a line for each series; labels are escaped", (t) => {
  const family: MetricFamily = {
    name: "sockscope_unix_accept_queue_length",
    points: [
      { labels: { server_address: '/run/a"b\\c\nd.sock' }, value: 3 },
      { labels: { server_address: "@abstract" }, value: 0 },
    ],
  };
  t.is(
    metricsText([family]),
    `# HELP sockscope_unix_accept_queue_length Connections that wait in a unix listener's queue now
# TYPE sockscope_unix_accept_queue_length gauge
sockscope_unix_accept_queue_length{server_address="/run/a\\"b\\\\c\\nd.sock"} 3
sockscope_unix_accept_queue_length{server_address="@abstract"} 0
`,
  );
});

test("a histogram's buckets add up, and its sum and count follow", (t) => {
  const histogram = { counts: [0, 0, 1, 2, 0, 0, 0, 0, 0, 1], sums: [0, 0, 0.15, 0.75, 0, 0, 0, 0, 0, 31] };
  const text = metricsText([{ name: "sockscope_event_loop_stall_seconds", points: [{ labels: {}, histogram }] }]);
  t.deepEqual(text.trimEnd().split("\n").slice(2), [
    'sockscope_event_loop_stall_seconds_bucket{le="0.05"} 0',
    'sockscope_event_loop_stall_seconds_bucket{le="0.1"} 0',
    'sockscope_event_loop_stall_seconds_bucket{le="0.2"} 1',
    'sockscope_event_loop_stall_seconds_bucket{le="0.5"} 3',
    'sockscope_event_loop_stall_seconds_bucket{le="1"} 3',
    'sockscope_event_loop_stall_seconds_bucket{le="2"} 3',
    'sockscope_event_loop_stall_seconds_bucket{le="5"} 3',
    'sockscope_event_loop_stall_seconds_bucket{le="10"} 3',
    'sockscope_event_loop_stall_seconds_bucket{le="30"} 3',
    'sockscope_event_loop_stall_seconds_bucket{le="+Inf"} 4',
    "sockscope_event_loop_stall_seconds_sum 31.9",
    "sockscope_event_loop_stall_seconds_count 4",
  ]);
});

test("OpenTelemetry has the same words with dots, without unit and _total", (t) => {
  const names = metricTable.map(({ name }) => openTelemetryName(name));
  t.is(new Set(names).size, names.length);
  t.deepEqual(
    ["sockscope_tcp_accept_queue_length", "sockscope_tcp_listener_drops_total", "sockscope_tcp_rtt_seconds"].map(
      (name) => openTelemetryName(metricTable.find((row) => row.name === name)!.name),
    ),
    ["sockscope.tcp.accept_queue_length", "sockscope.tcp.listener_drops", "sockscope.tcp.rtt"],
  );
  t.is(openTelemetryName("sockscope_self_seconds_total"), "sockscope.self");
});
