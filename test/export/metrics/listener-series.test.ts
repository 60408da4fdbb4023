// The series of a listener: its queue, drops, waits and accepts.
import test from "ava";
import type { Metrics } from "../../../src/export/metrics/metrics.js";
import type { ListenerReading } from "../../../src/snapshot/snapshot.js";
import { listener, snapshot } from "../readings.js";
import { linesOf, made } from "./lines.js";

const place = '{server_address="0.0.0.0",server_port="3000"}';
const waitsOf = (metrics: Metrics): string[] =>
  linesOf(metrics, "sockscope_tcp_accept_wait_seconds").filter((line) => /_sum|_count/.test(line));

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
    metrics.interval(snapshot(at, { listeners }));
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
  metrics.interval(snapshot(0, { listeners: group(9, 1) }));
  metrics.look(snapshot(500, { listeners: group(12, 2) }));
  metrics.interval(snapshot(1000, { listeners: group(3, 4) }));
  t.deepEqual(linesOf(metrics, "sockscope_tcp_accept_queue"), [
    `sockscope_tcp_accept_queue_length${place} 7`,
    `sockscope_tcp_accept_queue_limit${place} 32`,
    `sockscope_tcp_accept_queue_peak${place} 12`,
  ]);
  t.deepEqual(linesOf(metrics, "sockscope_tcp_listener_drops_total"), [`sockscope_tcp_listener_drops_total${place} 3`]);
  for (let at = 2000; at <= 60_000; at += 1000) metrics.interval(snapshot(at, { listeners: group(3, 4) }));
  t.deepEqual(linesOf(metrics, "sockscope_tcp_accept_queue_peak"), [`sockscope_tcp_accept_queue_peak${place} 4`]);
});

test("a listener that has gone has no queue, and its counters stay for five minutes", (t) => {
  const metrics = made();
  metrics.interval(snapshot(0, { listeners: [listener({ drops: 4 })] }));
  metrics.interval(snapshot(1000));
  t.deepEqual(linesOf(metrics, "sockscope_tcp_accept_queue"), []);
  t.is(linesOf(metrics, "sockscope_tcp_listener_drops_total").length, 1);
  metrics.interval(snapshot(301_000));
  t.deepEqual(linesOf(metrics, "sockscope_tcp_listener_drops_total"), []);
});

test("the number of series is bounded, and what is left out is said", (t) => {
  const metrics = made();
  const many = Array.from({ length: 70 }, (_, i) => listener({ cookie: BigInt(i), port: 1000 + i }));
  metrics.interval(snapshot(0, { listeners: many }));
  t.is(linesOf(metrics, "sockscope_tcp_accept_queue_length").length, 64);
  t.deepEqual(linesOf(metrics, "sockscope_listeners_omitted"), ["sockscope_listeners_omitted 6"]);
  // Those that have gone make room.
  metrics.interval(snapshot(1000, { listeners: many.slice(10) }));
  t.deepEqual(linesOf(metrics, "sockscope_listeners_omitted"), ["sockscope_listeners_omitted 0"]);
});

test("waits come from those seen waiting, or exactly from accept", (t) => {
  const metrics = made();
  const connection = { ageMs: 300, state: "ESTAB" as const, recvQBytes: 0 };
  const waiting = { connections: [{ ...connection, cookie: 7n }], partial: false };
  metrics.interval(snapshot(0, { listeners: [listener()] }));
  metrics.look(snapshot(500, { listeners: [listener({ length: 1, waiting })] }));
  metrics.look(snapshot(700, { listeners: [listener()] }));
  metrics.interval(snapshot(1000, { listeners: [listener()] }));
  t.deepEqual(waitsOf(metrics), [
    `sockscope_tcp_accept_wait_seconds_sum${place} 0.4`,
    `sockscope_tcp_accept_wait_seconds_count${place} 1`,
  ]);
  const exact = made();
  exact.interval(snapshot(0, { listeners: [listener({ acceptWaitsMs: [10, 20], owned: { count: 0, accepted: 1 } })] }));
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
      closed: { rows: [], count: 3, lost: 6, unmet: { 3000: 2 } },
    };
    metrics.interval(snapshot(0, { listeners: [listener(owned(3, 0))], alone, counters: { PassiveOpens: 100 } }));
    metrics.interval(
      snapshot(1000, {
        listeners: [listener({ ...owned(5, 2), length: 1 })],
        alone,
        counters: { PassiveOpens: 110 },
        connections: passed,
      }),
    );
    metrics.interval(snapshot(2000, { listeners: [listener(owned(6, 3))], alone, counters: { PassiveOpens: 110 } }));
    return linesOf(metrics, "sockscope_tcp_accepted_total");
  };
  t.deepEqual(play(false), [`sockscope_tcp_accepted_total${place} 12`]);
  t.deepEqual(play(true), [`sockscope_tcp_accepted_total${place} 13`]);
});

test("of two addresses with one port nobody says which of them accepted", (t) => {
  const metrics = made();
  const owned = { count: 1, accepted: 1 };
  metrics.interval(
    snapshot(0, { listeners: [listener({ owned }), listener({ cookie: 2n, address: "10.0.0.1", owned })] }),
  );
  t.deepEqual(linesOf(metrics, "sockscope_tcp_accepted_total"), []);
});
