// The lab of transfers and its page: every pair of the contract is there, and the page says what the scenarios are.
import { existsSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { connectionCauses, connectionSymptoms } from "../../src/explain/finding.js";
import { healthy, pairs, repeatedNames } from "../lab/transfer/pairs.js";
import { renderPage } from "../lab/transfer/page.js";
import { pairOf } from "../lab/transfer/scenario.js";
import { scenarios } from "../lab/transfer/scenarios/index.js";
import { packageRoot } from "../package-root.js";
import { holdPage } from "./written-page.js";

test("docs/fault-lab.md is what the scenarios say", (t) => {
  holdPage(t, __filename, "docs/fault-lab.md", renderPage);
});

test("every symptom and cause that a finding about connections can name is in the lab's table", (t) => {
  const symptoms = new Set(pairs.map(({ symptom }) => symptom));
  const causes = new Set(pairs.map(({ cause }) => cause));
  const where = "not in causesOf of test/lab/transfer/causes.ts";
  t.deepEqual(
    connectionSymptoms.filter((symptom) => !symptoms.has(symptom)),
    [],
    where,
  );
  t.deepEqual(
    connectionCauses.filter((cause) => !causes.has(cause)),
    [],
    where,
  );
});

test("every scenario injects a pair of the table and has a name of its own", (t) => {
  const names = new Set(["healthy", ...pairs.map(({ symptom, cause }) => `${symptom}/${cause}`)]);
  t.deepEqual(
    scenarios.map(pairOf).filter((name) => !names.has(name)),
    [],
  );
  t.deepEqual(repeatedNames(), []);
});

test("every pair is live in three variants, or replayed by tests that exist, or excluded with a reason", (t) => {
  const unproved = pairs.filter(({ scenarios: live, otherwise }) =>
    otherwise?.how === "replayed" ? !existsSync(join(packageRoot, otherwise.by)) : !otherwise && live.length < 3,
  );
  t.deepEqual(
    unproved.map(({ symptom, cause }) => `${symptom}/${cause}`),
    [],
    "three scenarios in test/lab/transfer/scenarios, or a reason in otherwise of test/lab/transfer/pairs.ts",
  );
  t.true(healthy.length >= 15);
});
