// docs/performance.md and its charts, from the results of a whole run.
import { mkdirSync, writeFileSync } from "node:fs";
import { arch, cpus, release, totalmem } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { chart } from "./chart.mjs";
import { figureText, goalText, isMet } from "./lines.mjs";

const docs = resolve(dirname(fileURLToPath(import.meta.url)), "../../docs");

const machine = () => {
  const [{ model }] = cpus();
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`;
  return `${cpus().length} × ${model.trim()}, ${memory}, Linux ${release()} ${arch()}, Node ${process.versions.node}`;
};

const cell = (lines) => lines.join("<br>").replaceAll("|", "\\|");
const measured = ({ failed, figures = [] }) =>
  failed ? `not measured: ${failed}` : cell(figures.map((figure) => `${figure.what}: ${figureText(figure)}`));

function met({ figures = [] }) {
  const judged = figures.filter((figure) => goalText(figure) !== "");
  if (judged.length === 0) return "";
  const missed = judged.filter((figure) => !isMet(figure)).length;
  return missed === 0 ? "yes" : `${judged.length - missed} of ${judged.length}`;
}

const tableRow = (result) =>
  `| ${result.work} | ${result.goal} | ${measured(result)} | ${cell((result.peers ?? []).map((peer) => `${peer.what}: ${figureText(peer)}`))} | ${met(result)} |`;

const document = (results) => `# Performance

What sockscope costs beside the system calls themselves, beside other tools, and for the application it looks at. Written by
\`npm run bench -- --write\` in one run: variants of the same work alternate within it, figures are medians, with the tenth to the
ninetieth percentile in brackets. Ratios (×) carry over to other machines better than times do. How each is measured stands in
\`bench/rows/\`, one file a row; \`npm run bench -- --quick\` is the short form.

Measured on ${new Date().toISOString().slice(0, 10)}: ${machine()}.

| work | goal | measured | others | met |
| --- | --- | --- | --- | --- |
${results.map(tableRow).join("\n")}

${results.flatMap(({ charts = [] }) => charts.map(({ id, title }) => `![${title}](performance/${id}.svg)\n`)).join("\n")}
${results.flatMap(({ work, notes = [] }) => (notes.length > 0 ? [`- **${work}**: ${notes.join(" ")}`] : [])).join("\n")}
`;

/** Renews the page and the charts. */
export function writeDocument(results) {
  mkdirSync(join(docs, "performance"), { recursive: true });
  writeFileSync(join(docs, "performance.md"), document(results));
  for (const drawn of results.flatMap(({ charts = [] }) => charts)) {
    writeFileSync(join(docs, "performance", `${drawn.id}.svg`), chart(drawn));
  }
}
