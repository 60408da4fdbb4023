import test from "ava";
import type { AcceptScenario, Measured } from "../../src/model/index.js";
import { newArrivals, observeModel, whatIf } from "../../src/model/index.js";

/** What an observer could measure of a scenario: admissions and drops between two looks, 20 ms apart. */
const measure = (scenario: AcceptScenario): Pick<Measured, "steps" | "drops" | "sysctl"> => {
  const looks = [...observeModel(scenario, { sampleMs: 20, intervalMs: 20 })].map(({ at, counters, listeners }) => ({
    at,
    opens: counters?.PassiveOpens ?? 0,
    listenDrops: counters?.ListenDrops ?? 0,
    drops: listeners[0]?.drops ?? 0,
  }));
  const steps = looks.slice(1).map((after, index) => {
    const before = looks[index]!;
    return {
      fromMs: before.at,
      untilMs: after.at,
      admitted: after.opens - before.opens,
      refused: 2 * (after.listenDrops - before.listenDrops) - (after.drops - before.drops),
    };
  });
  return { steps, drops: looks.at(-1)!.drops, sysctl: scenario.sysctl };
};

const stalled = (backlog: number, stalls: { at: number; duration: number }[]): AcceptScenario => ({
  kind: "accept",
  listener: { backlog },
  sysctl: { tcp_syncookies: 0 },
  arrivals: [{ from: 0, until: 8, rate: 60 }],
  accepts: { acceptsPerIteration: 1, serviceTime: 0.001, stalls },
  clients: { speakFirst: true },
  until: 8,
});

const twoSeconds = [{ at: 2, duration: 2 }];
const measured: Measured = {
  ...measure(stalled(16, twoSeconds)),
  served: [{ stalls: [{ fromMs: 2000, untilMs: 4000 }] }],
  serviceMs: 1,
  limit: 16,
};

test("retries are not counted as new clients", (t) => {
  const counts = newArrivals(measured.steps, 4);
  const total = counts.reduce((sum, count) => sum + count, 0);
  t.true(Math.abs(total - 480) <= 10, `480 clients came, ${total} were counted`);
});

test("what-if reproduces what happened before it says what would have happened", (t) => {
  const answer = whatIf(measured);
  if ("withheld" in answer) return t.fail(answer.withheld);
  t.true(Math.abs(answer.asItWas.drops - measured.drops) <= measured.drops / 10);
  const roomy = answer.with({ limit: 128 });
  t.deepEqual([roomy.drops, roomy.clientsDelayed], [0, 0]);
  t.true((roomy.waitMaxMs ?? 0) > 1800 && (roomy.waitMaxMs ?? 0) <= 2100);
  t.like(answer.with({ withoutStalls: true }), { drops: 0, clientsDelayed: 0, ghosts: 0 });
});

test("what-if is withheld where the model does not reproduce what happened", (t) => {
  const contradiction = { ...measured, served: [{ stalls: [] }] };
  const answer = whatIf(contradiction);
  t.regex(
    "withheld" in answer ? answer.withheld : "",
    /^the model gives \d+ dropped segments where \d+ were observed$/,
  );
});

test("more processes take in what one could not", (t) => {
  const scenario: AcceptScenario = {
    ...stalled(32, []),
    arrivals: [{ from: 0, until: 8, rate: 80 }],
    accepts: { acceptsPerIteration: 1, serviceTime: 0.02 },
  };
  const answer = whatIf({
    ...measure(scenario),
    served: [{ stalls: [] }],
    serviceMs: 20,
    limit: 32,
  });
  if ("withheld" in answer) return t.fail(answer.withheld);
  t.true(answer.asItWas.drops > 0);
  t.is(answer.with({ processes: 2 }).drops, 0);
});
