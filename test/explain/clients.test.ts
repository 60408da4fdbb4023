import test from "ava";
import { createClients, retrySchedule } from "../../src/explain/clients.js";

test("SYNs are repeated as measured: 1, 2, 3, 4, 5, 7, 11, 19, 35, 67 s, and 1, 3, 7, 15, 31, 63 s without linear timeouts", (t) => {
  t.deepEqual(retrySchedule(4), [1, 2, 3, 4, 5, 7, 11, 19, 35, 67]);
  t.deepEqual(retrySchedule(0), [1, 3, 7, 15, 31, 63]);
});

/** Clients that arrive at `times`, all refused until `roomAt`, looked at every 20 ms; timers fire a little late. */
const refusedUntil = (times: readonly number[], roomAt: number, linear = 4): ReturnType<typeof createClients> => {
  const clients = createClients(linear);
  const syns = times.flatMap((from) => [0, ...retrySchedule(linear)].map((seconds) => from + seconds * 1015));
  for (let at = 20; at <= roomAt + 20_000; at += 20)
    clients.fold(syns.filter((when) => when < roomAt && when >= at - 20 && when < at).length, at);
  return clients;
};

test("a burst refused once is as many clients, delayed by a second", (t) => {
  const clients = refusedUntil(Array<number>(40).fill(100), 900);
  t.deepEqual([clients.total, clients.worstMs, clients.meanMs], [40, 1000, 1000]);
});

test("the same clients again and again are not more clients", (t) => {
  const clients = refusedUntil(Array<number>(40).fill(100), 4500);
  t.deepEqual([clients.total, clients.worstMs, clients.outside], [40, 5000, 0]);
});

test("clients that arrive all through a stall are each counted once", (t) => {
  const times = Array.from({ length: 120 }, (_, index) => 100 + index * 25);
  const clients = refusedUntil(times, 3100);
  t.true(Math.abs(clients.total - 120) <= 12, `${clients.total}`);
  t.true(clients.worstMs >= 3000 && clients.worstMs <= 4000, `${clients.worstMs}`);
});

test("doubling retries of older kernels are followed too", (t) => {
  t.is(refusedUntil(Array<number>(25).fill(100), 6000, 0).total, 25);
});
