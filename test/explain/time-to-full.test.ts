// The forecast made at half full, against the moment at which the same run overflows.
import test from "ava";
import { createExplainer } from "../../src/explain/explainer.js";
import { type QueueStep, timeToFull } from "../../src/explain/time-to-full.js";
import { type AcceptScenario, observeModel, simulate } from "../../src/model/index.js";

const scenarioOf = (backlog: number, rate: number, accepts: AcceptScenario["accepts"], seed = 1): AcceptScenario => ({
  kind: "accept",
  listener: { backlog },
  arrivals: [{ from: 0, until: 60, rate }],
  accepts,
  clients: { speakFirst: true },
  seed,
  until: 60,
});

/** The forecast, seconds on the run's clock, at the first look that finds the queue half full. */
const forecast = (scenario: AcceptScenario): number | undefined => {
  const steps: QueueStep[] = [];
  let before: { at: number; length: number; admitted: number } | undefined;
  for (const { at, listeners, counters } of observeModel(scenario, { sampleMs: 20, intervalMs: 20 })) {
    const { length, limit } = listeners[0]!;
    const admitted = counters?.PassiveOpens ?? 0;
    if (before) {
      const came = admitted - before.admitted;
      steps.push({ fromMs: before.at, untilMs: at, admitted: came, accepts: came - (length - before.length) });
    }
    before = { at, length, admitted };
    if (length < (limit + 1) / 2) continue;
    const ms = timeToFull(limit, length, steps);
    return ms === undefined ? undefined : (at + ms) / 1000;
  }
  return undefined;
};

const overflowsAt = (scenario: AcceptScenario): number | undefined =>
  simulate(scenario).timeline.find(({ overflows }) => overflows > 0)?.at;

const blocked = { acceptsPerIteration: 1, stalls: [{ at: 1, duration: 50 }] } as const;
const saturated = { acceptsPerIteration: 1, serviceTime: 0.02 } as const;

for (const [title, scenario] of [
  ["20 clients a second come to a blocked loop", scenarioOf(64, 20, blocked)],
  ["200 clients a second come to a blocked loop", scenarioOf(511, 200, blocked)],
  ["60 a second come where 50 are served", scenarioOf(64, 60, saturated)],
  ["150 a second come where 50 are served", scenarioOf(511, 150, saturated)],
  ["100 a second come to four workers that serve 80", scenarioOf(128, 100, { workers: 4, serviceTime: 0.05 })],
] as const)
  test(`where ${title}, the forecast made at half full is right within a tenth`, (t) => {
    const [said, was] = [forecast(scenario), overflowsAt(scenario)];
    t.true(
      was !== undefined && said !== undefined && Math.abs(said - was) <= 0.1 * was,
      `said ${said} s, was ${was} s`,
    );
  });

test("a queue that is full, does not grow or was hardly watched has no forecast", (t) => {
  const step = (admitted: number, accepts: number, untilMs = 500): QueueStep => ({
    fromMs: 0,
    untilMs,
    admitted,
    accepts,
  });
  t.is(timeToFull(16, 17, [step(9, 0)]), undefined);
  t.is(timeToFull(16, 9, [step(4, 4)]), undefined);
  t.is(timeToFull(16, 9, [step(9, 0, 20)]), undefined);
  t.is(timeToFull(16, 9, []), undefined);
  t.is(timeToFull(16, 9, [step(9, 0)]), (8 / 9) * 500);
});

test("a queue that fills slowly is told of while it is pressed, with the time that is left", (t) => {
  const explainer = createExplainer();
  const scenario = scenarioOf(16, 52, saturated);
  const findings = [...observeModel(scenario)].flatMap((snapshot) => explainer.observe(snapshot));
  const pressure = findings.find(({ symptom }) => symptom === "accept-queue-pressure");
  const said = pressure?.evidence.find(({ name }) => name === "full at this rate in");
  t.regex(pressure?.summary ?? "", /nothing dropped yet; at this rate it is full in \d/);
  const overflow = findings.find(({ symptom }) => symptom === "accept-queue-overflow");
  t.true(overflow !== undefined && Number(said?.value) > 0);
  const left = overflow!.lastSeen - pressure!.lastSeen;
  t.true(Math.abs(Number(said?.value) - left) <= 0.3 * left + 200, `${said?.value} ms said, ${left} ms later`);
});
