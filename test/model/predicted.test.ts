// A finding's prediction, held against the scenario run again with the remedy in place.
import test from "ava";
import { createExplainer } from "../../src/explain/explainer.js";
import type { Finding } from "../../src/explain/finding.js";
import { type AcceptResult, type AcceptScenario, observeModel, simulate } from "../../src/model/index.js";
import type { Snapshot } from "../../src/snapshot/snapshot.js";
import { faults } from "./faults.js";

const resolved = (snapshots: Iterable<Snapshot>, wanted: Finding["symptom"]): Finding | undefined => {
  const explainer = createExplainer();
  return [...snapshots]
    .flatMap((snapshot) => explainer.observe(snapshot))
    .find(({ symptom, state }) => symptom === wanted && state === "resolved");
};
const resolvedOverflow = (snapshots: Iterable<Snapshot>): Finding | undefined =>
  resolved(snapshots, "accept-queue-overflow");

const overflows = new Map<string, Finding | undefined>();
/** Of a fault; run once. */
const overflowOf = (title: string): Finding | undefined => {
  if (!overflows.has(title)) overflows.set(title, resolvedOverflow(observeModel(scenarioOf(title))));
  return overflows.get(title);
};

const scenarioOf = (title: string): AcceptScenario => {
  const { scenario } = faults.find((fault) => fault.title === title)!;
  return { ...scenario, until: 45 };
};

type Loop = Extract<AcceptScenario["accepts"], { acceptsPerIteration: unknown }>;

/** The remedies in the scenario itself, by the words of the prediction. */
const remedies: readonly (readonly [RegExp, (scenario: AcceptScenario, number: number) => AcceptScenario])[] = [
  [/^with backlog (\d+)$/, (scenario, backlog) => ({ ...scenario, listener: { backlog }, sysctl: {} })],
  [
    /^with (?:no stall|enough CPU)$/,
    (scenario) => ({
      ...scenario,
      accepts: { ...(scenario.accepts as Loop), stalls: [], pauses: [], notAccepting: [] },
    }),
  ],
  [
    /^with (\d+) processes$/,
    (scenario, processes) => {
      const loop = scenario.accepts as Loop;
      return { ...scenario, accepts: { ...loop, serviceTime: loop.serviceTime! / processes } };
    },
  ],
];

const cured = (scenario: AcceptScenario, name: string): AcceptResult => {
  const [pattern, cure] = remedies.find(([one]) => one.test(name))!;
  return simulate(cure(scenario, Number(pattern.exec(name)![1])));
};

/** Where in a look's 20 ms clients came is not known, and a nearly full server adds that up. */
const waitErrorMs = 150;

interface Told {
  readonly drops: number;
  readonly clientsDelayed: number;
  readonly longestWaitMs: number;
}

for (const [title, names] of [
  ["JavaScript computes for 1.5 s", ["no stall", "backlog 128"]],
  ["JavaScript waits in a system call for 1.5 s", ["no stall", "backlog 128"]],
  ["the process is stopped for 1.5 s", ["no stall", "backlog 128"]],
  ["the process may use a tenth of a CPU", ["enough CPU", "backlog 512"]],
  ["other threads take the CPU", ["enough CPU", "backlog 512"]],
  ["the host takes the CPU", ["enough CPU", "backlog 512"]],
  ["the loop turns and does not accept", ["no stall"]],
  ["requests cost 20 ms and come 80 a second", ["2 processes", "backlog 1024"]],
  ["60 clients come at once to a queue of 16", ["backlog 128"]],
  ["60 clients come at once to a queue that somaxconn cut to 16", ["backlog 128"]],
] as const)
  test(`where ${title}, what is predicted for each remedy is what a run with it gives`, (t) => {
    const scenario = scenarioOf(title);
    const { asItWas, ...predicted } = (overflowOf(title)?.prediction ?? {}) as Readonly<Record<string, Told>>;
    t.deepEqual(
      Object.keys(predicted),
      names.map((name) => `with ${name}`),
    );
    t.true(asItWas!.drops > 0);
    for (const [name, { drops, clientsDelayed, longestWaitMs }] of Object.entries(predicted)) {
      const truth = cured(scenario, name);
      t.deepEqual([drops, clientsDelayed], [truth.listenerDrops, truth.retried], name);
      const truthMs = truth.wait.max! * 1000;
      t.true(
        Math.abs(longestWaitMs - truthMs) <= Math.max(waitErrorMs, truthMs / 10),
        `${name}: ${longestWaitMs} of ${truthMs}`,
      );
    }
  });

for (const { title, expected } of faults.filter(({ expected: { symptom } }) => symptom === "accept-queue-overflow"))
  test(`the model's account of what happened where ${title} has the drops that were observed, within a tenth`, (t) => {
    const { cause, prediction } = overflowOf(title)!;
    const { drops, observedDrops } = prediction!.asItWas as { drops: number; observedDrops: number };
    t.is(cause, expected.cause);
    t.is(observedDrops, simulate(scenarioOf(title)).listenerDrops);
    t.true(Math.abs(drops - observedDrops) <= observedDrops / 10, `${drops} of ${observedDrops}`);
  });

/** Drops at one moment, of which none is repeated: no client does that. */
function* withForgedDrops(snapshots: Iterable<Snapshot>): Generator<Snapshot> {
  for (const snapshot of snapshots) {
    const forged = snapshot.at >= 4300 ? 500 : 0;
    yield {
      ...snapshot,
      listeners: snapshot.listeners.map((listener) => ({ ...listener, drops: (listener.drops ?? 0) + forged })),
      counters: snapshot.counters && {
        ...snapshot.counters,
        ListenDrops: (snapshot.counters.ListenDrops ?? 0) + forged,
      },
    };
  }
}

test("where the model contradicts what happened, the prediction says so and nothing else", (t) => {
  const { prediction } =
    resolvedOverflow(withForgedDrops(observeModel(scenarioOf("JavaScript computes for 1.5 s")))) ?? {};
  t.deepEqual(Object.keys(prediction ?? {}), ["withheld"]);
  t.regex(String(prediction?.withheld), /^the model gives \d+ dropped segments where 587 were observed$/);
});

interface Waits {
  readonly longestWaitMs: number;
  readonly observedLongestWaitMs?: number;
  readonly observedAbandoned?: number;
  readonly abandoned?: number | string;
}

for (const [title, symptom, stallSeconds] of [
  ["a queue that holds them fills while JavaScript computes", "accept-wait", 1.5],
  ["clients lose patience while JavaScript computes", "abandoned-in-queue", 2],
] as const)
  test(`where ${title}, the waits without the stall are those of a run without it`, (t) => {
    const scenario = scenarioOf(title);
    const { prediction = {} } = resolved(observeModel(scenario), symptom) ?? {};
    t.deepEqual(Object.keys(prediction), ["asItWas", "with no stall"]);
    const { asItWas, "with no stall": without } = prediction as Readonly<Record<string, Waits>>;
    const isNear = (ms: number, seconds: number): boolean => Math.abs(ms - seconds * 1000) <= waitErrorMs;
    t.true(isNear(asItWas!.longestWaitMs, stallSeconds));
    t.true(isNear(asItWas!.observedLongestWaitMs!, stallSeconds));
    t.true(isNear(without!.longestWaitMs, cured(scenario, "with no stall").wait.max!));
    t.is(without!.abandoned, symptom === "abandoned-in-queue" ? 0 : undefined);
  });

test("as long as somebody waits, what the waits would have been is withheld", (t) => {
  const explainer = createExplainer();
  const told = [...observeModel(scenarioOf("a queue that holds them fills while JavaScript computes"))].flatMap(
    (snapshot) => explainer.observe(snapshot),
  );
  const first = told.find(({ symptom }) => symptom === "accept-wait");
  t.deepEqual(first?.prediction, { withheld: "those who wait have not all been accepted" });
});
