// Faults of transfers from the lab (test/lab/transfer): one scenario of each symptom, or with SOCKSCOPE_REQUIRE_ALL=1 one
// of each pair of symptom and cause. `npm run lab` runs all of them.
import test, { type ExecutionContext } from "ava";
import { onQuietMachine } from "../lab/quiet-machine.js";
import { runScenario } from "../lab/transfer/run.js";
import { nameOf, pairOf, type Scenario } from "../lab/transfer/scenario.js";
import { scenarios } from "../lab/transfer/scenarios/index.js";

const strict = process.env.SOCKSCOPE_REQUIRE_ALL === "1";
const possible = process.platform === "linux" && process.getuid?.() === 0;
const kindOf = (scenario: Scenario): string => (strict ? pairOf(scenario) : pairOf(scenario).split("/")[0]!);

/** The first of each kind: the first of a list is its plainest. */
const chosen = [...new Map(scenarios.toReversed().map((scenario) => [kindOf(scenario), scenario])).values()];

/** So many at a time: more would take each other's CPU. */
const waiting: (() => void)[] = [];
let free = 2;
const inTurn = async <T>(work: () => Promise<T>): Promise<T> => {
  if (free === 0) await new Promise<void>((resolve) => waiting.push(resolve));
  else free -= 1;
  try {
    return await work();
  } finally {
    const next = waiting.shift();
    if (next) next();
    else free += 1;
  }
};

for (const scenario of chosen) {
  const title = nameOf(scenario);
  if (!possible && !strict) {
    test.skip(`${title} (skipped: needs Linux and root, for network namespaces)`, () => {});
    continue;
  }
  (scenario.alone ? test.serial : test)(title, async (t) => {
    t.timeout(600_000);
    const attempt = async (once: ExecutionContext): Promise<void> => {
      once.timeout(120_000);
      const { faults, story } = await runScenario(scenario);
      if (story !== "") once.log(story);
      once.deepEqual(faults, []);
    };
    await inTurn(() => onQuietMachine(t, attempt));
  });
}
