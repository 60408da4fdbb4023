// The model's NAPI against the running kernel: a part of what `npm run fidelity` does.
import { availableParallelism } from "node:os";
import { judge, measure } from "../lab/fidelity/nic.js";
import { sweeps } from "../lab/fidelity/nic-scenarios.js";
import { asRoot } from "./needs.js";

const deferred = { ...sweeps[1]!, rates: [50_000, 200_000] };
const goal = 0.2;
/** A busy machine takes the CPU away from one of the two ends once in a while. */
const attempts = 3;

const isPossible = availableParallelism() > 1 || process.env.SOCKSCOPE_REQUIRE_ALL === "1";

asRoot(
  "packets per poll and full polls of a veth with GRO are those the model predicts from two other rates (needs root, two CPUs and tracefs)",
  async (t) => {
    if (!isPossible) {
      t.log("skipped: sender and receiver need a CPU each");
      t.pass();
      return;
    }
    let apart: readonly string[] = ["not run"];
    for (let attempt = 0; attempt < attempts && apart.length > 0; attempt += 1)
      apart = judge(deferred, await measure(deferred, 1))
        .rows.filter(({ error }) => error > goal)
        .map((row) => JSON.stringify(row));
    t.deepEqual(apart, []);
  },
);
