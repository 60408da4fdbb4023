// The explainer on the model of a connection: the fault is injected into the model, in virtual time.
import test from "ava";
import { createExplainer } from "../../../src/explain/explainer.js";
import type { Finding } from "../../../src/explain/finding.js";
import { observeTransfer } from "../../../src/model/index.js";
import { causesOf } from "../../lab/transfer/causes.js";
import { healthyTransfers, type TransferFault, transferFaults } from "./faults.js";
import { faultsAround } from "./faults-around.js";

const faults = [...transferFaults, ...faultsAround];

const toldOf = ({ scenario, seen }: Pick<TransferFault, "scenario" | "seen">): readonly Finding[] => {
  const explainer = createExplainer();
  return [...observeTransfer(scenario, seen)].flatMap((snapshot) => explainer.observe(snapshot));
};

const nameOf = ({ symptom, cause }: Pick<Finding, "symptom" | "cause">): string => `${symptom}/${cause}`;

for (const { expected, also = [], ...fault } of faults)
  test(`where ${fault.title}, it is told as ${nameOf(expected)} and nothing else is`, (t) => {
    const told = toldOf(fault);
    t.true(told.map(nameOf).includes(nameOf(expected)));
    const alarms = told.filter(({ severity }) => severity !== "info").map(nameOf);
    const accepted = [expected, ...also].map(nameOf);
    t.deepEqual(
      alarms.filter((alarm) => !accepted.includes(alarm)),
      [],
    );
  });

for (const fault of healthyTransfers)
  test(`where ${fault.title}, nobody is alarmed`, (t) => {
    t.deepEqual(
      toldOf(fault)
        .filter(({ severity }) => severity !== "info")
        .map(nameOf),
      [],
    );
  });

/** Symptoms told from connections; those of UDP sockets and of connects are in files of their own. */
const symptoms = [
  "write-stalled",
  "write-buffered-in-process",
  "read-stalled",
  "throughput-limited",
  "data-pruned",
  "connections-leaking",
  "requests-reset",
  "memory-pressure",
] as const;

for (const symptom of symptoms)
  for (const cause of causesOf[symptom])
    test(`${symptom}/${cause} is injected into the model`, (t) => {
      t.true(
        faults.some(({ expected }) => nameOf(expected) === `${symptom}/${cause}`),
        "no fault of test/model/transfer/faults.ts or faults-around.ts expects it",
      );
    });
