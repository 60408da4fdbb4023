import test from "ava";
import { createResidents } from "../../src/explain/residents.js";
import { listenerStepOf } from "../../src/explain/listener-step.js";
import { loopStepOf } from "../../src/explain/loop-step.js";
import { defaultThresholds } from "../../src/explain/thresholds.js";
import type { ListenerReading, WaitingReading } from "../../src/snapshot/snapshot.js";

const waitingOf = (...ages: readonly (readonly [cookie: number, ageMs: number])[]): WaitingReading => ({
  partial: false,
  connections: ages.map(([cookie, ageMs]) => ({ cookie: BigInt(cookie), ageMs, state: "ESTAB", recvQBytes: 0 })),
});

test("connections of one age step are the head together: one of them gone is an accept", (t) => {
  const residents = createResidents();
  residents.look(waitingOf([1, 100], [2, 100], [3, 60]), 3, 1000);
  t.deepEqual(residents.look(waitingOf([1, 120], [3, 80]), 2, 1020), { kept: false, left: 1 });
  t.deepEqual(residents.look(waitingOf([1, 140]), 1, 1040), { kept: true, left: 1 });
});

test("after a gap in the looks the residents' ages tell how long the queue stood at three quarters and full", (t) => {
  const listener = { cookie: 1n, transport: "tcp", limit: 3 } as const;
  const before: ListenerReading = { ...listener, length: 0 };
  const after: ListenerReading = {
    ...listener,
    length: 4,
    waiting: waitingOf([1, 1900], [2, 1800], [3, 1700], [4, 900]),
  };
  const around = { at: 2000, fromAt: 0, time: 2000, ms: 2000, outside: false, stoppedMs: 1950, cpus: 2 };
  const loop = loopStepOf(undefined, undefined, 2000, undefined);
  const step = listenerStepOf(before, after, { around, loop, head: { left: 0 } }, defaultThresholds);
  t.like(step, { pressed: true, pressedMs: 1700, fullMs: 900 });
});
