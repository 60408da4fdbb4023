// Every symptom and cause beyond the accept path, and how each pair is proved: by scenarios of this lab, by a test that
// replays recorded or modelled snapshots, or not at all because it cannot exist here.
import { causesOf } from "./causes.js";
import { nameOf, pairOf, type Scenario } from "./scenario.js";
import { scenarios } from "./scenarios/index.js";

/** What no scenario here produces. */
export type Otherwise =
  | { readonly how: "replayed"; readonly by: string; readonly because: string }
  | { readonly how: "excluded"; readonly because: string };

/** `symptom/cause` → how it is proved without a live fault, and why there is none. */
export const otherwise: Readonly<Record<string, Otherwise>> = {
  "packets-dropped/nic-ring-full": {
    how: "replayed",
    by: "test/explain/network/packets-dropped.test.ts",
    because: "veth has no ring, and what overruns a virtual card's is lost in the host, which the guest cannot count",
  },
  "softirq-squeezed/cpu-saturated": {
    how: "replayed",
    by: "test/explain/network/softirq-squeezed.test.ts",
    because:
      "between namespaces the sender's own softirq takes the packets: on two CPUs no flood fills one with softirqs",
  },
  "softirq-squeezed/irq-imbalance": {
    how: "replayed",
    by: "test/explain/network/softirq-squeezed.test.ts",
    because: "it takes a card of several queues; this machine's has one",
  },
};

export interface Pair {
  readonly symptom: string;
  readonly cause: string;
  readonly scenarios: readonly Scenario[];
  readonly otherwise?: Otherwise | undefined;
}

export const pairs: readonly Pair[] = Object.entries(causesOf).flatMap(([symptom, causes]) =>
  causes.map((cause) => {
    const name = `${symptom}/${cause}`;
    const live = scenarios.filter((scenario) => pairOf(scenario) === name);
    return { symptom, cause, scenarios: live, otherwise: otherwise[name] };
  }),
);

export const healthy: readonly Scenario[] = scenarios.filter((scenario) => "healthy" in scenario);

/** The first scenario of each name, in order: names tell them apart. */
export const repeatedNames = (): readonly string[] => {
  const names = scenarios.map(nameOf);
  return names.filter((name, index) => names.indexOf(name) !== index);
};
