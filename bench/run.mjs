// Measures what is promised about speed, side by side with peers and with the limit in C: one row per promise
// (bench/rows/), each in a process and a network namespace of its own. `npm run bench -- --help` says how.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { writeDocument } from "./document/document.mjs";
import { beginFacts } from "./document/facts.mjs";
import { isJudged, isMet, rowLines } from "./document/lines.mjs";
import { install, installing, missing, needsOf } from "./measure/needs.mjs";
import { runRow } from "./measure/row-process.mjs";

const usage = `npm run bench -- [--quick] [--only WORD] [--write [--into FOLDER]] [--from FILE] [--install]

  --quick        a few minutes: shorter, and a figure fails only where it misses its goal by half as much again
  --only WORD    only the rows whose id or title contains WORD
  --write        renews docs/performance.md, its charts and the README's table; needs all rows
  --into FOLDER  … there instead of here, from whatever was measured
  --from FILE    measures nothing: the results of an earlier run, which it leaves in build/bench/results.json (results-of-a-part.json)
  --install      installs the Debian packages that are missing (root, or sudo)

Exit status: 0 every goal is met, 1 some are not, 2 a row could not be measured.`;

const { values: options } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    only: { type: "string", default: "" },
    write: { type: "boolean", default: false },
    into: { type: "string" },
    from: { type: "string" },
    install: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

/** How far beyond its goal a figure of a quick run may be: it guards against regressions, on any machine. */
const quickSlack = 1.5;
/** Those of a part do not take the place of a whole run's. */
const isPart = options.only !== "" || options.quick;
const resultsFile = resolve(import.meta.dirname, `../build/bench/results${isPart ? "-of-a-part" : ""}.json`);

async function loadRows() {
  const folder = join(import.meta.dirname, "rows");
  const files = readdirSync(folder).filter((name) => name.endsWith(".mjs"));
  const rows = await Promise.all(files.map(async (name) => ({ ...(await import(join(folder, name))), file: name })));
  return rows
    .filter(({ id, work }) => `${id} ${work}`.includes(options.only))
    .sort((one, other) => one.order - other.order);
}

function lookAtNeeds(rows) {
  const wanted = rows.flatMap(needsOf);
  const absent = missing(wanted);
  const namesOf = (some) => some.map(({ name }) => name);
  if (absent.length > 0 && options.install) install(namesOf(absent));
  const still = options.install ? missing(absent) : absent;
  if (still.length > 0) {
    console.error("not here:");
    for (const { name, forWhat } of still) console.error(`  ${name}: ${forWhat.join("; ")}`);
    console.error(`--install does: ${installing(namesOf(still)).join(" ")}`);
  }
  return new Set(namesOf(still));
}

async function measure(row, absent) {
  const { run: _, needs = {}, ...told } = row;
  const lacking = ["gcc", ...(needs.packages ?? [])].filter((name) => absent.has(name));
  if (lacking.length > 0) return { ...told, failed: `needs ${lacking.join(", ")}` };
  const began = performance.now();
  try {
    const result = await runRow(row.file, { quick: options.quick, absent: [...absent] });
    return { ...told, ...result, tookMs: performance.now() - began };
  } catch (error) {
    return { ...told, failed: error.message };
  }
}

async function measureAll(slack) {
  const rows = await loadRows();
  const absent = lookAtNeeds(rows);
  const facts = await beginFacts();
  const results = [];
  for (const row of rows) {
    const result = await measure(row, absent);
    results.push(result);
    console.log(rowLines(result, slack).join("\n"));
  }
  const run = { facts: facts.end(), results };
  mkdirSync(dirname(resultsFile), { recursive: true });
  writeFileSync(resultsFile, JSON.stringify(run, undefined, 1));
  return run;
}

async function main() {
  if (options.help) return console.log(usage);
  if (options.write && options.into === undefined && isPart) {
    console.error("--write needs a whole run: neither --only nor --quick (--into FOLDER takes any)");
    process.exitCode = 2;
    return;
  }
  const slack = options.quick ? quickSlack : 1;
  const run = options.from ? JSON.parse(readFileSync(options.from, "utf8")) : await measureAll(slack);
  if (options.write) writeDocument(run, options.into);
  const judged = run.results.flatMap(({ figures = [] }) => figures.filter(isJudged));
  const met = judged.filter((figure) => isMet(figure, slack));
  const unmeasured = run.results.filter(({ failed }) => failed);
  console.log(
    `${met.length} of ${judged.length} goals met, ${unmeasured.length} of ${run.results.length} rows not measured`,
  );
  process.exitCode = unmeasured.length > 0 || run.results.length === 0 ? 2 : met.length < judged.length ? 1 : 0;
}

await main();
