// The explainer on the model's snapshots: each injected fault is named right, a healthy server is left alone.
import test from "ava";
import { createExplainer } from "../../src/explain/explainer.js";
import type { Finding } from "../../src/explain/finding.js";
import { type AcceptScenario, observeModel } from "../../src/model/index.js";
import { faults, healthy } from "./faults.js";
import { faultsBeside } from "./faults-beside.js";

/** Every finding as it stood last. */
const findingsOf = (scenario: AcceptScenario): readonly Finding[] => {
  const explainer = createExplainer();
  const last = new Map<string, Finding>();
  for (const snapshot of observeModel(scenario))
    for (const finding of explainer.observe(snapshot)) last.set(finding.id, finding);
  return [...last.values()];
};

const isActionable = ({ severity }: Finding): boolean => severity !== "info";
const named = ({ symptom, cause }: Finding) => ({ symptom, cause });

for (const { title, scenario, expected } of [...faults, ...faultsBeside])
  test(`${title}: ${expected.symptom} by ${expected.cause}`, (t) => {
    const findings = findingsOf(scenario);
    const found = findings.map(named);
    t.true(
      findings.some(
        (finding) => isActionable(finding) && finding.symptom === expected.symptom && finding.cause === expected.cause,
      ),
      JSON.stringify(findings.map(({ severity, summary, symptom, cause }) => ({ severity, symptom, cause, summary }))),
    );
    t.deepEqual(
      found.filter(({ symptom, cause }) => symptom === expected.symptom && cause !== expected.cause),
      [],
    );
  });

for (const { title, scenario } of healthy)
  test(`of ${title} nothing is said at warning or above`, (t) => {
    t.deepEqual(
      findingsOf(scenario)
        .filter(isActionable)
        .map(({ summary }) => summary),
      [],
    );
  });
