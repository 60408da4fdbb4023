// What the dashboard shows, row by row, from the fleet down to one process. `[expression, legend]`; units are Grafana's.
// Stats that count say 0 instead of "No data": `or vector(0)`.
const chosen = 'service=~"$service", node=~"$node", instance=~"$instance"';
const of = (name, more = "") => `${name}{${chosen}${more && `, ${more}`}}`;
/** Of listeners on TCP ports and on unix paths. */
const ofBoth = (name) => `{__name__=~"sockscope_(tcp|unix)_${name}", ${chosen}}`;
const rate = (name, more) => `rate(${of(name, more)}[$__rate_interval])`;
const quantile = (q, name, by = "") =>
  `histogram_quantile(${q}, sum by (le${by && `, ${by}`}) (${rate(`${name}_bucket`)}))`;

const listener = "{{service}} {{instance}} {{server_address}} {{server_port}}";
const process = "{{service}} {{instance}}";
const severe = 'severity!="info"';

const fleet = [
  { type: "stat", title: "Processes watched", queries: [[`count(${of("sockscope_build_info")}) or vector(0)`]] },
  {
    type: "stat",
    title: "Findings to act on",
    bad: 1,
    queries: [[`sum(${of("sockscope_findings_active", severe)}) or vector(0)`]],
  },
  {
    type: "stat",
    title: "Listeners overflowing",
    help: "The share that dropped something within five minutes, of the service where it is largest.",
    unit: "percentunit",
    warn: 0.001,
    bad: 0.25,
    queries: [['max(service:sockscope_listeners_overflowing:ratio{service=~"$service"})']],
  },
  {
    type: "stat",
    title: "Worst accept wait",
    help: "95th percentile of five minutes, of the process where it is longest.",
    unit: "s",
    warn: 0.1,
    bad: 0.5,
    queries: [['max(service:sockscope_tcp_accept_wait_seconds:worst{service=~"$service"} >= 0) or vector(0)']],
  },
  {
    type: "stat",
    title: "Targets down",
    bad: 1,
    queries: [[`count(${of("up", 'job="sockscope"')} == 0) or vector(0)`]],
  },
];

const found = [
  {
    type: "table",
    title: "Findings of the last five minutes",
    width: 16,
    queries: [[of("instance:sockscope_findings:recent")]],
  },
  {
    title: "Findings by cause",
    width: 8,
    queries: [[`sum by (symptom, cause) (${of("sockscope_findings_active")})`, "{{symptom}} / {{cause}}"]],
  },
];

const services = [
  {
    title: "Share of listeners overflowing",
    unit: "percentunit",
    queries: [['service:sockscope_listeners_overflowing:ratio{service=~"$service"}', "{{service}}"]],
  },
  {
    title: "Worst accept wait (p95)",
    unit: "s",
    queries: [['service:sockscope_tcp_accept_wait_seconds:worst{service=~"$service"}', "{{service}}"]],
  },
  {
    title: "Connections accepted and segments dropped",
    unit: "cps",
    queries: [
      [`sum by (service) (${rate("sockscope_tcp_accepted_total")})`, "{{service}} accepted"],
      [`sum by (service) (${rate("sockscope_tcp_listener_drops_total")})`, "{{service}} dropped"],
    ],
  },
];

const listeners = [
  {
    title: "Accept queue: peak of the last minute",
    help: "limit + 1 connections fit.",
    queries: [
      [ofBoth("accept_queue_peak"), listener],
      [`max by (service) (${of("sockscope_tcp_accept_queue_limit")})`, "{{service}} limit"],
    ],
  },
  {
    title: "Accept queue: fill",
    unit: "percentunit",
    queries: [[`topk(10, ${of("instance_listener:sockscope_accept_queue_fill:ratio")})`, listener]],
  },
  { title: "Accept queue: now", queries: [[ofBoth("accept_queue_length"), listener]] },
  {
    title: "Segments dropped",
    help: "SYNs and handshake ends that met a full queue. Each client sends its SYN again: segments are not clients.",
    unit: "cps",
    queries: [[rate("sockscope_tcp_listener_drops_total"), listener]],
  },
];

const loops = [
  {
    title: "Accept wait",
    unit: "s",
    queries: [0.5, 0.95, 0.99].map((q) => [quantile(q, "sockscope_tcp_accept_wait_seconds"), `p${q * 100}`]),
  },
  {
    title: "Event loop stalls: longest (p99)",
    unit: "s",
    queries: [[quantile(0.99, "sockscope_event_loop_stall_seconds", "service, instance"), process]],
  },
  {
    title: "Event loop: share of time stalled",
    unit: "percentunit",
    queries: [[rate("sockscope_event_loop_stall_seconds_sum"), process]],
  },
];

const connections = [
  { title: "Connections by state", queries: [[`sum by (state) (${of("sockscope_tcp_connections")})`, "{{state}}"]] },
  {
    title: "Round-trip time",
    unit: "s",
    queries: [0.5, 0.95].map((q) => [quantile(q, "sockscope_tcp_rtt_seconds"), `p${q * 100}`]),
  },
  {
    title: "Bytes in the queues (p99)",
    unit: "bytes",
    queries: [
      [quantile(0.99, "sockscope_tcp_recv_queue_bytes"), "received, not read"],
      [quantile(0.99, "sockscope_tcp_send_queue_bytes"), "written, not acknowledged"],
    ],
  },
  {
    title: "Segments sent again",
    unit: "cps",
    queries: [[`sum by (service) (${rate("sockscope_tcp_retransmits_total")})`, "{{service}}"]],
  },
];

const below = [
  {
    title: "Softnet, each host's CPUs together",
    help: "Host-wide: the highest of the processes of a node.",
    unit: "cps",
    queries: [[`max by (node, kind) (${rate("sockscope_softnet_total")})`, "{{node}} {{kind}}"]],
  },
  {
    title: "TCP counters of the network namespaces",
    help: "By the kernel's names; of the whole namespace, so the highest of the processes of a node.",
    unit: "cps",
    queries: [[`topk(10, max by (node, counter) (${rate("sockscope_netstat_total")}))`, "{{node}} {{counter}}"]],
  },
];

const itself = [
  {
    title: "CPU of sockscope",
    help: "Share of a core.",
    unit: "percentunit",
    queries: [[rate("sockscope_self_seconds_total"), process]],
  },
  {
    title: "Readings that failed",
    unit: "cps",
    queries: [
      [
        `sum by (service, instance, source) (${rate("sockscope_self_failures_total")}) or vector(0)`,
        "{{service}} {{instance}} {{source}}",
      ],
    ],
  },
  {
    type: "stat",
    title: "Versions",
    queries: [
      [
        `count by (version, node_version) (${of("sockscope_build_info")})`,
        "sockscope {{version}}, Node {{node_version}}",
      ],
    ],
  },
];

export const rows = [
  { title: "The fleet", height: 4, panels: fleet.map((panel) => ({ ...panel, width: 24 / fleet.length })) },
  { title: "Findings", height: 8, panels: found },
  { title: "Services", height: 8, panels: services },
  { title: "Listeners", height: 8, panels: listeners },
  { title: "Waiting", height: 8, panels: loops },
  { title: "Connections", height: 8, panels: connections },
  { title: "Below the sockets", height: 8, panels: below },
  { title: "sockscope itself", height: 7, panels: itself },
];
