// The series that are not a listener's: stalls, findings, connections, counters, what sockscope costs.
import test from "ava";
import type { Finding } from "../../../src/explain/finding.js";
import type { LoopReading } from "../../../src/snapshot/snapshot.js";
import { snapshot } from "../readings.js";
import { linesOf, made } from "./lines.js";

test("a stall is the time a loop was busy around the looks that found it still", (t) => {
  const metrics = made();
  const loop = (idleMs: number, iterations: number): LoopReading[] => [
    { id: 1, tid: 1, main: true, idleMs, iterations },
  ];
  metrics.interval(snapshot(0, { loops: loop(0, 10) }));
  metrics.look(snapshot(100, { loops: loop(80, 12) }));
  for (const at of [200, 300, 400]) metrics.look(snapshot(at, { loops: loop(150, 13) }));
  metrics.interval(snapshot(1000, { loops: loop(720, 20) }));
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
  metrics.interval(snapshot(0));
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
  metrics.interval(snapshot(0));
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
  metrics.interval(snapshot(1000, { network: network(2 ** 32 - 1), connections }));
  metrics.interval(
    snapshot(2000, {
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
