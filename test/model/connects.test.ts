// The explainer on the clients' side of the model: why their connections do not come about.
import test from "ava";
import { createExplainer } from "../../src/explain/explainer.js";
import { type AcceptScenario, observeClients, simulate } from "../../src/model/index.js";

const scenario = (more: Partial<AcceptScenario>): AcceptScenario => ({
  kind: "accept",
  listener: { backlog: 128 },
  rtt: 0.001,
  arrivals: [{ from: 1, until: 8, rate: 10 }],
  accepts: [{ from: 0, until: 12, rate: 100 }],
  until: 12,
  ...more,
});

const alarms = (one: AcceptScenario): readonly string[] => {
  const explainer = createExplainer();
  const findings = [...observeClients(one)].flatMap((snapshot) => explainer.observe(snapshot));
  const told = findings.filter(({ severity }) => severity !== "info");
  return [...new Set(told.map(({ symptom, cause }) => `${symptom}/${cause}`))];
};

const faults = [
  ["nobody listens any more", { listener: { backlog: 128, closeAt: 2 } }, "peer-refusing"],
  [
    "the listener accepts once a second and its queue is full",
    { listener: { backlog: 2 }, accepts: [{ from: 0, until: 12, rate: 1 }] },
    "peer-overflowing",
  ],
  [
    "the path died before the next of them came",
    {
      blackholeAt: 2,
      arrivals: [
        { at: 1, count: 5 },
        { from: 5, until: 8, rate: 10 },
      ],
    },
    "path-blackhole",
  ],
  ["forty connections have used up the local ports", { clients: { ports: 40 } }, "ports-exhausted"],
] as const;

for (const [title, fault, cause] of faults)
  test(`where ${title}, connects fail: ${cause}, and nothing else is told`, (t) => {
    t.deepEqual(alarms(scenario(fault)), [`connect-failing/${cause}`]);
  });

test("of clients that are all accepted nothing is told", (t) => {
  t.deepEqual(alarms(scenario({})), []);
});

test("a local port is free again a minute after its connection was accepted", (t) => {
  const { connects } = simulate(
    scenario({
      arrivals: [0, 30, 61].map((at) => ({ at, count: 2 })),
      clients: { ports: 2 },
      until: 70,
      accepts: [{ from: 0, until: 70, rate: 100 }],
    }),
  );
  t.deepEqual(
    connects.map(({ outcome }) => outcome),
    ["accepted", "accepted", "no-port", "no-port", "accepted", "accepted"],
  );
});
