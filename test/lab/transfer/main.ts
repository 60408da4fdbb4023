// npm run lab: carries out every scenario with transfers and says what was injected against what was said.
//   --only PATTERN   those whose name contains it   --repeat N   --jobs N (2)   --list   --write   into docs/fault-lab.md
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { release } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { packageRoot } from "../../package-root.js";
import { confusionOf } from "./confusion.js";
import { renderPage } from "./page.js";
import { type Outcome, runAll } from "./run.js";
import { nameOf, type Scenario } from "./scenario.js";
import { scenarios } from "./scenarios/index.js";

const { values } = parseArgs({
  options: {
    only: { type: "string", default: "" },
    repeat: { type: "string", default: "1" },
    jobs: { type: "string", default: "2" },
    list: { type: "boolean", default: false },
    write: { type: "boolean", default: false },
  },
});

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

const report = ({ name, faults, foundMs, confidence, tookMs, story }: Outcome): void => {
  const found = foundMs === undefined ? "" : `, said after ${seconds(foundMs)} with ${confidence}`;
  console.log(`${faults.length === 0 ? "ok    " : "FAILED"} ${name} (took ${seconds(tookMs)}${found})`);
  for (const fault of faults) console.log(`         ${fault}`);
  if (story !== "") console.log(story.replaceAll(/^/gm, "         | "));
};

const page = join(packageRoot, "docs/fault-lab.md");

const write = (outcomes: readonly Outcome[], table: string): void => {
  const wrong = outcomes.filter(({ faults }) => faults.length > 0).length;
  const figures = `${scenarios.length} scenarios, ${outcomes.length} runs, ${wrong} of them wrong`;
  const run = `${figures}. Linux ${release()}, Node ${process.versions.node}, ${values.jobs} scenarios at a time.\n\n${table}`;
  const before = existsSync(page) ? readFileSync(page, "utf8") : "";
  writeFileSync(page, renderPage(before, run));
};

const main = async (): Promise<void> => {
  const chosen = scenarios.filter((scenario) => nameOf(scenario).includes(values.only));
  if (values.list) return console.log(chosen.map(nameOf).join("\n"));
  const rounds: Scenario[] = Array.from({ length: Number(values.repeat) }, () => chosen).flat();
  const interrupted = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => interrupted.abort());
  const outcomes = await runAll(rounds, Number(values.jobs), report, interrupted.signal);
  if (interrupted.signal.aborted) {
    process.exitCode = 130;
    return;
  }
  const table = confusionOf(outcomes);
  console.log(`\n${table}`);
  if (values.write) write(outcomes, table);
  const wrong = outcomes.filter(({ faults }) => faults.length > 0);
  console.log(`\n${outcomes.length} runs, ${wrong.length} wrong`);
  if (outcomes.length === 0 || wrong.length > 0) process.exitCode = 1;
};

void main();
