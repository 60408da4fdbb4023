// Writes docs/performance.md with its charts, and the README's table, from the results of a run.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { chart } from "./chart.mjs";
import { goalsBlock, withGoals } from "./goals.mjs";
import { pageOf } from "./page.mjs";

const root = resolve(import.meta.dirname, "../..");

/** `into`: the folder that holds README.md and docs/; the repository's own README is what is renewed. */
export function writeDocument({ facts, results }, into = root) {
  mkdirSync(join(into, "docs/performance"), { recursive: true });
  writeFileSync(join(into, "docs/performance.md"), pageOf({ facts, results }));
  for (const drawn of results.flatMap(({ charts = [] }) => charts))
    writeFileSync(join(into, "docs/performance", `${drawn.id}.svg`), chart(drawn));
  const readme = readFileSync(join(root, "README.md"), "utf8");
  writeFileSync(join(into, "README.md"), withGoals(readme, goalsBlock(results)));
}
