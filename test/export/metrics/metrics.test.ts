import test from "ava";
import type { Finding } from "../../../src/explain/finding.js";
import { createMetrics, type Metrics } from "../../../src/export/metrics/metrics.js";
import { metricsText } from "../../../src/export/metrics/text.js";
import type { ListenerReading, LoopReading, Snapshot } from "../../../src/snapshot/snapshot.js";

const made = (): Metrics => createMetrics({ version: "1.2.3", nodeVersion: "v20.20.2" });
/** The lines of one metric, without help and type. */
const linesOf = (metrics: Metrics, name: string): string[] =>
  metricsText(metrics.collect())
    .split("\n")
    .filter((line) => line.startsWith(name));
const waitsOf = (metrics: Metrics): string[] =>
  linesOf(metrics, "sockscope_tcp_accept_wait_seconds").filter((line) => /_sum|_count/.test(line));

const listener = (more: Partial<ListenerReading> = {}): ListenerReading => ({
  cookie: 1n,
  transport: "tcp",
  family: "ipv4",
  address: "0.0.0.0",
  port: 80,
  length: 0,
  limit: 16,
  drops: 0,
  ...more,
});
const snapshot = (at: number, listeners: readonly ListenerReading[], more: Partial<Snapshot> = {}): Snapshot => ({
  time: at,
  at,
  source: "process",
  loops: [],
  listeners,
  ...more,
});
const place = '{server_address="0.0.0.0",server_port="80"}';

test("drops survive wraps and listeners that follow one another, and never fall", (t) => {
  const metrics = made();
  const seen: string[] = [];
  for (const [at, listeners] of [
    [0, [listener({ drops: 2 ** 32 - 5 })]],
    [1000, [listener({ drops: 5 })]],
    [2000, [listener({ cookie: 2n, drops: 3 })]],
    [3000, []],
    [4000, [listener({ cookie: 3n, drops: 0 })]],
  ] as const) {
    metrics.interval(snapshot(at, listeners));
    seen.push(...linesOf(metrics, "sockscope_tcp_listener_drops_total"));
  }
  t.deepEqual(
    seen,
    [4294967291, 4294967301, 4294967304, 4294967304, 4294967304].map(
      (value) => `sockscope_tcp_listener_drops_total${place} ${value}`,
    ),
  );
});

test("members of a group share a series: sums, and the highest peak of the last minute", (t) => {
  const metrics = made();
  const group = (one: number, other: number): ListenerReading[] => [
    listener({ length: one, drops: 1, owned: { count: 0, accepted: one } }),
    listener({ cookie: 2n, length: other, drops: 2, owned: { count: 0, accepted: one } }),
  ];
  metrics.interval(snapshot(0, group(9, 1)));
  metrics.look(snapshot(500, group(12, 2)));
  metrics.interval(snapshot(1000, group(3, 4)));
  t.deepEqual(linesOf(metrics, "sockscope_tcp_accept_queue"), [
    `sockscope_tcp_accept_queue_length${place} 7`,
    `sockscope_tcp_accept_queue_limit${place} 32`,
    `sockscope_tcp_accept_queue_peak${place} 12`,
  ]);
  t.deepEqual(linesOf(metrics, "sockscope_tcp_listener_drops_total"), [`sockscope_tcp_listener_drops_total${place} 3`]);
  for (let at = 2000; at <= 60_000; at += 1000) metrics.interval(snapshot(at, group(3, 4)));
  t.deepEqual(linesOf(metrics, "sockscope_tcp_accept_queue_peak"), [`sockscope_tcp_accept_queue_peak${place} 4`]);
});

test("a listener that has gone has no queue, and its counters stay for five minutes", (t) => {
  const metrics = made();
  metrics.interval(snapshot(0, [listener({ drops: 4 })]));
  metrics.interval(snapshot(1000, []));
  t.deepEqual(linesOf(metrics, "sockscope_tcp_accept_queue"), []);
  t.is(linesOf(metrics, "sockscope_tcp_listener_drops_total").length, 1);
  metrics.interval(snapshot(301_000, []));
  t.deepEqual(linesOf(metrics, "sockscope_tcp_listener_drops_total"), []);
});

test("the number of series is bounded, and what is left out is said", (t) => {
  const metrics = made();
  const many = Array.from({ length: 70 }, (_, i) => listener({ cookie: BigInt(i), port: 1000 + i }));
  metrics.interval(snapshot(0, many));
  t.is(linesOf(metrics, "sockscope_tcp_accept_queue_length").length, 64);
  t.deepEqual(linesOf(metrics, "sockscope_listeners_omitted"), ["sockscope_listeners_omitted 6"]);
  // Those that have gone make room.
  metrics.interval(snapshot(1000, many.slice(10)));
  t.deepEqual(linesOf(metrics, "sockscope_listeners_omitted"), ["sockscope_listeners_omitted 0"]);
});

test("waits come from those seen waiting, or exactly from accept", (t) => {
  const metrics = made();
  const connection = { ageMs: 300, state: "ESTAB" as const, recvQBytes: 0 };
  const waiting = { connections: [{ ...connection, cookie: 7n }], partial: false };
  metrics.interval(snapshot(0, [listener()]));
  metrics.look(snapshot(500, [listener({ length: 1, waiting })]));
  metrics.look(snapshot(700, [listener()]));
  metrics.interval(snapshot(1000, [listener()]));
  t.deepEqual(waitsOf(metrics), [
    `sockscope_tcp_accept_wait_seconds_sum${place} 0.4`,
    `sockscope_tcp_accept_wait_seconds_count${place} 1`,
  ]);
  const exact = made();
  exact.interval(snapshot(0, [listener({ acceptWaitsMs: [10, 20], owned: { count: 0, accepted: 1 } })]));
  t.deepEqual(waitsOf(exact)[1], `sockscope_tcp_accept_wait_seconds_count${place} 2`);
  t.deepEqual(linesOf(exact, "sockscope_tcp_accepted_total"), [`sockscope_tcp_accepted_total${place} 2`]);
});

test("accepts are those newly held and those that came and went, or all that were established where nobody else listens", (t) => {
  const play = (alone: boolean): string[] => {
    const metrics = made();
    const owned = (count: number, accepted: number) => ({ owned: { count, accepted } });
    const passed = {
      rows: [],
      counts: {},
      read: 0,
      total: 0,
      closed: { rows: [], count: 3, lost: 6, unmet: { 80: 2 } },
    };
    metrics.interval(snapshot(0, [listener(owned(3, 0))], { alone, counters: { PassiveOpens: 100 } }));
    metrics.interval(
      snapshot(1000, [listener({ ...owned(5, 2), length: 1 })], {
        alone,
        counters: { PassiveOpens: 110 },
        connections: passed,
      }),
    );
    metrics.interval(snapshot(2000, [listener(owned(6, 3))], { alone, counters: { PassiveOpens: 110 } }));
    return linesOf(metrics, "sockscope_tcp_accepted_total");
  };
  t.deepEqual(play(false), [`sockscope_tcp_accepted_total${place} 12`]);
  t.deepEqual(play(true), [`sockscope_tcp_accepted_total${place} 13`]);
});

test("of two addresses with one port nobody says which of them accepted", (t) => {
  const metrics = made();
  const owned = { count: 1, accepted: 1 };
  metrics.interval(snapshot(0, [listener({ owned }), listener({ cookie: 2n, address: "10.0.0.1", owned })]));
  t.deepEqual(linesOf(metrics, "sockscope_tcp_accepted_total"), []);
});

test("a stall is the time a loop was busy around the looks that found it still", (t) => {
  const metrics = made();
  const loop = (idleMs: number, iterations: number): LoopReading[] => [
    { id: 1, tid: 1, main: true, idleMs, iterations },
  ];
  metrics.interval(snapshot(0, [], { loops: loop(0, 10) }));
  metrics.look(snapshot(100, [], { loops: loop(80, 12) }));
  for (const at of [200, 300, 400]) metrics.look(snapshot(at, [], { loops: loop(150, 13) }));
  metrics.interval(snapshot(1000, [], { loops: loop(720, 20) }));
  t.deepEqual(
    linesOf(metrics, "sockscope_event_loop_stall_seconds").filter((line) => /_sum|_count|"0\.[25]"/.test(line)),
    [
      'sockscope_event_loop_stall_seconds_bucket{le="0.2"} 0',
      'sockscope_event_loop_stall_seconds_bucket{le="0.5"} 1',
      "sockscope_event_loop_stall_seconds_sum 0.26",
      "sockscope_event_loop_stall_seconds_count 1",
    ],
  );
});

test("findings count as active by what they are now, and at their end by what they ended as", (t) => {
  const metrics = made();
  const finding = (state: Finding["state"], cause: Finding["cause"]): Finding => ({
    id: "f",
    symptom: "accept-queue-overflow",
    cause,
    severity: "warning",
    confidence: 1,
    state,
    subject: { kind: "listener" },
    summary: "",
    evidence: [],
    ruledOut: [],
    remedy: [],
    firstSeen: 0,
    lastSeen: 0,
  });
  metrics.finding(finding("active", "unknown"));
  metrics.finding(finding("active", "event-loop-blocked"));
  metrics.interval(snapshot(0, []));
  const series = (name: string, cause: string): string =>
    `sockscope_findings_${name}{symptom="accept-queue-overflow",cause="${cause}",severity="warning"}`;
  t.deepEqual(linesOf(metrics, "sockscope_findings"), [
    `${series("active", "unknown")} 0`,
    `${series("active", "event-loop-blocked")} 1`,
    `${series("total", "unknown")} 0`,
    `${series("total", "event-loop-blocked")} 0`,
  ]);
  metrics.finding(finding("resolved", "event-loop-blocked"));
  t.deepEqual(linesOf(metrics, "sockscope_findings_total")[1], `${series("total", "event-loop-blocked")} 1`);
  t.deepEqual(linesOf(metrics, "sockscope_findings_active")[1], `${series("active", "event-loop-blocked")} 0`);
});

test("connections, kernel counters and what sockscope costs are of the last interval; what was not read is absent", (t) => {
  const metrics = made();
  t.deepEqual(metrics.collect(), []);
  metrics.interval(snapshot(0, []));
  const bare = new Set(metrics.collect().flatMap(({ name, points }) => (points.length > 0 ? [name] : [])));
  t.deepEqual([...bare], ["sockscope_listeners_omitted", "sockscope_self_failures_total", "sockscope_build_info"]);
  const softnet = (cpu: number, processed: number) => ({
    cpu,
    softnet: {
      cpu,
      processed,
      dropped: 1,
      timeSqueeze: 0,
      receivedRps: undefined,
      flowLimitCount: undefined,
      softnetBacklogLength: undefined,
      inputQueueLength: undefined,
      processQueueLength: undefined,
    },
  });
  const network = (processed: number) => ({
    cpus: [softnet(0, processed), softnet(1, 7)],
    interruptCpus: [],
    nics: [],
  });
  const row = { cookie: 1n, transport: "tcp", state: "ESTAB", recvQBytes: 2000, sendQBytes: 0 } as const;
  const counts = { ESTAB: 3, "CLOSE-WAIT": 1, udp: 2, unix: 1 };
  const connections = { rows: [row], counts, read: 7, total: 7, empty: 3 };
  metrics.interval(snapshot(1000, [], { network: network(2 ** 32 - 1), connections }));
  metrics.interval(
    snapshot(2000, [], {
      network: network(1),
      connections: { ...connections, counts: { ESTAB: 1 } },
      counters: { ListenOverflows: 5 },
      process: { pid: 1, observer: { state: "R", cpuMs: 1500 } },
      self: { connectionsMs: 0, socketsRead: 0, answersMs: 500 },
      missing: [{ source: "sock_diag", reason: "EPERM" }],
    }),
  );
  const lines = linesOf(metrics, "sockscope_").filter((line) => !/_bucket|listeners_omitted|_stall_|_send_/.test(line));
  t.deepEqual(lines, [
    'sockscope_tcp_connections{state="established"} 1',
    'sockscope_tcp_connections{state="close_wait"} 0',
    "sockscope_tcp_recv_queue_bytes_sum 4000",
    "sockscope_tcp_recv_queue_bytes_count 8",
    'sockscope_netstat_total{counter="ListenOverflows"} 5',
    'sockscope_softnet_total{kind="processed"} 4294967304',
    'sockscope_softnet_total{kind="dropped"} 2',
    'sockscope_softnet_total{kind="squeezed"} 0',
    "sockscope_self_seconds_total 2",
    'sockscope_self_failures_total{source="look"} 0',
    'sockscope_self_failures_total{source="sock_diag"} 1',
    'sockscope_build_info{version="1.2.3",node_version="v20.20.2"} 1',
  ]);
});
