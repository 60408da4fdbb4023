// `npm run fuzz [-- TARGET… --runs N --seed N --keep]`: each target (all without a name) on N changed inputs, 10 million
// by default. Prints a line each; exits 1 where a promise was broken, with the input as hex. `--keep` adds what reached
// new code to test/fuzz/corpus.
import { parseArgs } from "node:util";
import { keepInputs, hexOf, readCorpus } from "./corpus.js";
import { type Coverage, openCoverage } from "./coverage.js";
import { fuzz, type Summary } from "./fuzz.js";
import type { Target } from "./target.js";
import { targets } from "./targets/index.js";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: "string", default: "10000000" },
    seed: { type: "string", default: "1" },
    keep: { type: "boolean", default: false },
  },
});

const lineOf = (target: Target, { runs, seconds, found, covered, findings }: Summary): string =>
  [
    target.name.padEnd(24),
    `${runs} inputs`,
    `${Math.round(runs / seconds)}/s`,
    `${covered} characters of source reached`,
    `${found.length} inputs kept`,
    `${findings.length} findings`,
  ].join("  ");

const unknown = positionals.filter((name) => !targets.some((target) => target.name === name));
if (unknown.length > 0) {
  console.error(`no target ${unknown.join(", ")}; there are: ${targets.map(({ name }) => name).join(" ")}`);
  process.exit(2);
}

const open = (): Coverage => openCoverage("/build-test/src/");
for (const target of targets.filter(({ name }) => positionals.length === 0 || positionals.includes(name))) {
  const plan = {
    runs: Number(values.runs),
    seed: Number(values.seed),
    corpus: readCorpus(target.name),
    openCoverage: open,
  };
  const summary = fuzz(target, plan);
  console.log(lineOf(target, summary));
  for (const { input, error } of summary.findings) {
    console.log(`  ${hexOf(input)}\n  ${error instanceof Error ? error.stack : String(error)}`);
    process.exitCode = 1;
  }
  if (values.keep) keepInputs(target.name, summary.found);
}
