// A finding's prediction, held against the scenario run again with the remedy in place.
import test from "ava";
import { createExplainer } from "../../src/explain/explainer.js";
import type { Finding } from "../../src/explain/finding.js";
import { type AcceptScenario, observeModel, simulate } from "../../src/model/index.js";
import { faults } from "./faults.js";

const resolvedOverflow = (scenario: AcceptScenario): Finding | undefined => {
  const explainer = createExplainer();
  return [...observeModel(scenario)]
    .flatMap((snapshot) => explainer.observe(snapshot))
    .find(({ symptom, state }) => symptom === "accept-queue-overflow" && state === "resolved");
};

const scenarioOf = (title: string): AcceptScenario => faults.find((fault) => fault.title === title)!.scenario;

for (const title of [
  "JavaScript computes for 1.5 s",
  "60 clients come at once to a queue of 16",
  "60 clients come at once to a queue that somaxconn cut to 16",
])
  test(`where ${title}, the backlog that is predicted to be enough is enough`, (t) => {
    const scenario = scenarioOf(title);
    const prediction = resolvedOverflow(scenario)?.prediction ?? {};
    const { drops } = simulate({ ...scenario, listener: { backlog: 128 }, sysctl: {} });
    t.like(prediction["with backlog 128"], { drops, clientsDelayed: 0 });
    t.is(drops, 0);
  });

test("a prediction comes with the model's account of what did happen, within a tenth of what was observed", (t) => {
  const { asItWas } = resolvedOverflow(scenarioOf("JavaScript computes for 1.5 s"))?.prediction ?? {};
  const { drops, observedDrops } = asItWas as { drops: number; observedDrops: number };
  t.is(observedDrops, 87);
  t.true(Math.abs(drops - observedDrops) <= observedDrops / 10, `${drops}`);
});

test("nothing is predicted where the model contradicts what happened", (t) => {
  const finding = resolvedOverflow(scenarioOf("the host takes the CPU"));
  t.is(finding?.cause, "cpu-starved");
  t.false("prediction" in finding!);
});
