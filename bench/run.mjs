// Measures what is promised about speed, side by side with peers and with the limit in C: one row per promise
// (bench/rows/), each in a process and a network namespace of its own. `npm run bench -- --help` says how.
import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { writeDocument } from "./document/document.mjs";
import { isMet, rowLines } from "./document/lines.mjs";
import { install, missing } from "./measure/needs.mjs";
import { runRow } from "./measure/row-process.mjs";

const usage = `npm run bench -- [--quick] [--only WORD] [--write] [--install]

  --quick      a few minutes: shorter, and a figure fails only where it misses its goal by half as much again
  --only WORD  only the rows whose id or title contains WORD
  --write      renews docs/performance.md and its charts; needs all rows
  --install    installs the Debian packages that are missing (peers to compare with)

Exit status: 0 every goal is met, 1 some are not, 2 a row could not be measured.`;

const { values: options } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    only: { type: "string", default: "" },
    write: { type: "boolean", default: false },
    install: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

/** How far beyond its goal a figure of a quick run may be: it guards against regressions, on any machine. */
const quickSlack = 1.5;

async function loadRows() {
  const folder = join(dirname(fileURLToPath(import.meta.url)), "rows");
  const files = readdirSync(folder).filter((name) => name.endsWith(".mjs"));
  const rows = await Promise.all(files.map(async (name) => ({ ...(await import(join(folder, name))), file: name })));
  return rows
    .filter(({ id, work }) => `${id} ${work}`.includes(options.only))
    .sort((one, other) => one.order - other.order);
}

function lookAtNeeds(rows) {
  const wanted = new Set(rows.flatMap(({ needs = {} }) => ["gcc", ...(needs.packages ?? []), ...(needs.peers ?? [])]));
  const absent = missing([...wanted]);
  if (absent.length > 0 && options.install) install(absent);
  const still = options.install ? missing(absent) : absent;
  if (still.length > 0) console.error(`missing (--install gets them from Debian): ${still.join(" ")}`);
  return new Set(still);
}

async function measure(row, absent) {
  const lacking = ["gcc", ...(row.needs?.packages ?? [])].filter((name) => absent.has(name));
  if (lacking.length > 0) return { ...row, failed: `needs ${lacking.join(", ")}` };
  try {
    return { ...row, ...(await runRow(row.file, { quick: options.quick, absent: [...absent] })) };
  } catch (error) {
    return { ...row, failed: error.message };
  }
}

async function main() {
  if (options.help) return console.log(usage);
  if (options.write && (options.only !== "" || options.quick)) {
    console.error("--write needs a whole run: neither --only nor --quick");
    process.exitCode = 2;
    return;
  }
  const rows = await loadRows();
  const absent = lookAtNeeds(rows);
  const slack = options.quick ? quickSlack : 1;
  const results = [];
  for (const row of rows) {
    const result = await measure(row, absent);
    results.push(result);
    console.log(rowLines(result, slack).join("\n"));
  }
  if (options.write) writeDocument(results);
  const figures = results
    .flatMap((result) => result.figures ?? [])
    .filter(({ atMost, atLeast }) => (atMost ?? atLeast) !== undefined);
  const met = figures.filter((figure) => isMet(figure, slack));
  const unmeasured = results.filter(({ failed }) => failed);
  console.log(`${met.length} of ${figures.length} goals met, ${unmeasured.length} of ${rows.length} rows not measured`);
  process.exitCode = unmeasured.length > 0 || rows.length === 0 ? 2 : met.length < figures.length ? 1 : 0;
}

await main();
