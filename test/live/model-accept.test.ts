// The model against the running kernel: some of the random scenarios of `npm run fidelity`, which takes them all.
import { spawnSync } from "node:child_process";
import test from "ava";
import { differences, forKernel, modelOf, type Observed } from "../lab/fidelity/accept-figures.js";
import { acceptScenarioOf } from "../lab/fidelity/accept-scenarios.js";
import { runOnKernel } from "../lab/fidelity/kernel-lanes.js";

const isPossible =
  spawnSync("unshare", ["--net", "python3", "-c", "open('/proc/sys/net/core/somaxconn','w').write('9')"]).status === 0;
const isRequired = process.env.SOCKSCOPE_REQUIRE_ALL === "1";
const seed = 1;
const scenarios = Array.from({ length: 24 }, (_, index) => acceptScenarioOf(seed, index));
/** So many at a time: with more they interrupt each other's bursts. */
const lanes = 6;
/** On a busy machine the scheduler decides who comes first: those scenarios once more. */
const rounds = 4;

const runAll = async (): Promise<ReadonlyMap<number, readonly string[]>> => {
  const found = new Map<number, readonly string[]>();
  let open = scenarios.map((_, index) => index);
  for (let round = 1; round <= rounds && open.length > 0; round += 1) {
    const these = open;
    await runOnKernel(
      "accept-scenario.py",
      these.map((index) => forKernel(scenarios[index]!)),
      lanes,
      (observed, nth) => {
        const index = these[nth]!;
        found.set(index, differences(modelOf(scenarios[index]!, observed as Observed), observed as Observed));
      },
    );
    open = these.filter((index) => found.get(index)!.length > 0);
  }
  return found;
};

let all: ReturnType<typeof runAll> | undefined;

for (const index of scenarios.keys()) {
  const title = `scenario ${index} moves the same counters, and clients connect when the model says`;
  const run = async (t: import("ava").ExecutionContext): Promise<void> => {
    t.timeout(300_000);
    all ??= runAll();
    t.deepEqual((await all).get(index), [], JSON.stringify(scenarios[index]));
  };
  if (isPossible || isRequired) test(title, run);
  else test.skip(`${title} (needs root, unshare and python3)`, run);
}
