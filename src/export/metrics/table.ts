// Every metric in one table: what is collected, the text for Prometheus, the registration in prom-client, the instruments
// of OpenTelemetry and docs/metrics.md come from it. Names are those of Prometheus (base units, `_total` on counters).
import { rttBounds } from "../../snapshot/histogram.js";

/** A label, and the attribute it is in OpenTelemetry (semantic conventions where they have one). */
export const labelAttributes = {
  server_address: "server.address",
  server_port: "server.port",
  state: "network.connection.state",
  counter: "counter",
  kind: "kind",
  symptom: "symptom",
  cause: "cause",
  severity: "severity",
  source: "source",
  version: "version",
  node_version: "process.runtime.version",
} as const;
export type LabelName = keyof typeof labelAttributes;

export const metricNames = [
  "sockscope_tcp_accept_queue_length",
  "sockscope_tcp_accept_queue_limit",
  "sockscope_tcp_accept_queue_peak",
  "sockscope_tcp_listener_drops_total",
  "sockscope_tcp_accepted_total",
  "sockscope_tcp_accept_wait_seconds",
  "sockscope_unix_accept_queue_length",
  "sockscope_unix_accept_queue_limit",
  "sockscope_unix_accept_queue_peak",
  "sockscope_listeners_omitted",
  "sockscope_tcp_connections",
  "sockscope_tcp_recv_queue_bytes",
  "sockscope_tcp_send_queue_bytes",
  "sockscope_tcp_rtt_seconds",
  "sockscope_tcp_retransmits_total",
  "sockscope_event_loop_stall_seconds",
  "sockscope_netstat_total",
  "sockscope_softnet_total",
  "sockscope_findings_active",
  "sockscope_findings_total",
  "sockscope_self_seconds_total",
  "sockscope_self_failures_total",
  "sockscope_build_info",
] as const;
export type MetricName = (typeof metricNames)[number];

export interface Metric {
  readonly name: MetricName;
  readonly kind: "counter" | "gauge" | "histogram";
  /** As OpenTelemetry writes it (UCUM). */
  readonly unit: string;
  readonly labels: readonly LabelName[];
  /** One sentence, without a full stop. */
  readonly help: string;
  /** How the values of several processes on one host become one; `max` where each of them reads the same thing. */
  readonly across: "sum" | "max" | "first";
  /** Upper bounds of a histogram's buckets, in its unit. */
  readonly bounds: readonly number[];
}
type Row = Omit<Metric, "name">;

const row = (
  kind: Row["kind"],
  unit: string,
  labels: readonly LabelName[],
  help: string,
  more: Partial<Pick<Row, "across" | "bounds">> = {},
): Row => ({ kind, unit, labels, help, across: "sum", bounds: [], ...more });

const server = ["server_address", "server_port"] as const;
const waitBounds = [0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] as const;
/** From what a look can tell at all; 0.2 is a blocked loop's threshold. */
const stallBounds = [0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30] as const;
/** Most queues are empty: that is a bucket of its own. */
const sizeBounds = [0, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216] as const;

const rows: Readonly<Record<MetricName, Row>> = {
  sockscope_tcp_accept_queue_length: row(
    "gauge",
    "{connection}",
    server,
    "Connections that wait in a listener's accept queue now",
  ),
  sockscope_tcp_accept_queue_limit: row(
    "gauge",
    "{connection}",
    server,
    "Limit of a listener's accept queue as the kernel holds it; one more than the limit fits",
  ),
  sockscope_tcp_accept_queue_peak: row(
    "gauge",
    "{connection}",
    server,
    "Highest length of a listener's accept queue seen in the last 60 seconds",
    { across: "max" },
  ),
  sockscope_tcp_listener_drops_total: row(
    "counter",
    "{segment}",
    server,
    "Segments dropped at a listener since it exists (SO_MEMINFO): SYNs and final handshake segments that found no room",
  ),
  sockscope_tcp_accepted_total: row(
    "counter",
    "{connection}",
    server,
    "Connections accepted, with those held when the observer began: an estimate, exact with detail 'connections'",
  ),
  sockscope_tcp_accept_wait_seconds: row(
    "histogram",
    "s",
    server,
    "How long connections waited for accept: of those seen waiting, of all with detail 'connections'",
    { bounds: waitBounds },
  ),
  sockscope_unix_accept_queue_length: row(
    "gauge",
    "{connection}",
    ["server_address"],
    "Connections that wait in a unix listener's queue now",
  ),
  sockscope_unix_accept_queue_limit: row(
    "gauge",
    "{connection}",
    ["server_address"],
    "Limit of a unix listener's queue; one more than the limit fits",
  ),
  sockscope_unix_accept_queue_peak: row(
    "gauge",
    "{connection}",
    ["server_address"],
    "Highest length of a unix listener's queue seen in the last 60 seconds",
    { across: "max" },
  ),
  sockscope_listeners_omitted: row(
    "gauge",
    "{listener}",
    [],
    "Listening addresses beyond those that have series of their own",
  ),
  sockscope_tcp_connections: row(
    "gauge",
    "{connection}",
    ["state"],
    "TCP sockets of the process that are no listeners, by state",
  ),
  sockscope_tcp_recv_queue_bytes: row(
    "histogram",
    "By",
    [],
    "Bytes that had arrived and were not read, of each connection sampled at each interval",
    { bounds: sizeBounds },
  ),
  sockscope_tcp_send_queue_bytes: row(
    "histogram",
    "By",
    [],
    "Bytes that were written and not acknowledged, of each connection sampled at each interval",
    { bounds: sizeBounds },
  ),
  sockscope_tcp_rtt_seconds: row(
    "histogram",
    "s",
    [],
    "Smoothed round-trip time of each connection sampled at each interval",
    { bounds: rttBounds },
  ),
  sockscope_tcp_retransmits_total: row(
    "counter",
    "{segment}",
    [],
    "Segments that the process's connections sent again, as far as they were seen before they closed",
  ),
  sockscope_event_loop_stall_seconds: row(
    "histogram",
    "s",
    [],
    "How long the main event loop, or one that accepts, stood still; counted when it turns again",
    { bounds: stallBounds },
  ),
  sockscope_netstat_total: row(
    "counter",
    "1",
    ["counter"],
    "Kernel counters of the whole network namespace by the kernel's own names (/proc/net/netstat, /proc/net/snmp)",
    { across: "max" },
  ),
  sockscope_softnet_total: row(
    "counter",
    "1",
    ["kind"],
    "Receive work of all CPUs of the host (/proc/net/softnet_stat); read every few seconds",
    { across: "max" },
  ),
  sockscope_findings_active: row(
    "gauge",
    "{finding}",
    ["symptom", "cause", "severity"],
    "Findings that are active now",
  ),
  sockscope_findings_total: row(
    "counter",
    "{finding}",
    ["symptom", "cause", "severity"],
    "Findings that ended, with the symptom, cause and severity they ended with",
  ),
  sockscope_self_seconds_total: row(
    "counter",
    "s",
    [],
    "CPU time that the observer took: its own thread, and answers of the main thread",
  ),
  sockscope_self_failures_total: row(
    "counter",
    "{failure}",
    ["source"],
    "Readings that could not be had, looks that failed and log lines that were lost, by source",
  ),
  sockscope_build_info: row("gauge", "1", ["version", "node_version"], "Always 1; the labels say what runs", {
    across: "first",
  }),
};

/** In the order in which they are shown. */
export const metricTable: readonly Metric[] = metricNames.map((name) => ({ name, ...rows[name] }));

const byName: ReadonlyMap<MetricName, Metric> = new Map(metricTable.map((metric) => [metric.name, metric]));

export const metricOf = (name: MetricName): Metric => byName.get(name)!;

/** The unit's suffix and `_total` are Prometheus's; OpenTelemetry keeps the unit beside the name. */
const suffix = /(?:_seconds|_bytes)?(?:_total)?$/;

/** The same words: `sockscope_tcp_rtt_seconds` is `sockscope.tcp.rtt`. */
export const openTelemetryName = (name: MetricName): string =>
  name
    .replace(suffix, "")
    .replace("sockscope_", "sockscope.")
    .replace(/\.(tcp|unix)_/, ".$1.");
