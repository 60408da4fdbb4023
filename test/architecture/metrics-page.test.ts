// docs/metrics.md is written from the table of metrics, so that a name, its unit and its help are told in one place.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { labelAttributes, metricTable, openTelemetryName } from "../../src/export/metrics/table.js";
import { packageRoot } from "../package-root.js";

const page = join(packageRoot, "docs/metrics.md");
const [begin, end] = ["<!-- table -->\n", "<!-- /table -->\n"];

const table = (): string => {
  const code = (text: string): string => `\`${text}\``;
  const rows = metricTable.map(({ name, kind, unit, help, labels, bounds }) => {
    const buckets = bounds.length > 0 ? `; buckets up to ${bounds.join(", ")}` : "";
    const named = labels.map(code).join(", ");
    return `| ${code(name)} | ${kind} | ${named} | ${help}${buckets} | ${code(openTelemetryName(name))} (${code(unit)}) |`;
  });
  const attributes = Object.entries(labelAttributes).filter(([label, attribute]) => label !== attribute);
  return [
    "",
    "| metric | kind | labels | what | OpenTelemetry |",
    "| --- | --- | --- | --- | --- |",
    ...rows,
    "",
    "Labels that have another name as attributes in OpenTelemetry:",
    `${attributes.map(([label, attribute]) => `${code(label)} is ${code(attribute)}`).join(", ")}.`,
    "",
    "",
  ].join("\n");
};

const rendered = (text: string): string =>
  text.slice(0, text.indexOf(begin) + begin.length) + table() + text.slice(text.indexOf(end));

// SOCKSCOPE_WRITE_TABLE=1 writes the table anew
test("docs/metrics.md has the table of metrics", (t) => {
  const before = readFileSync(page, "utf8");
  if (process.env.SOCKSCOPE_WRITE_TABLE === "1") writeFileSync(page, rendered(before));
  t.is(readFileSync(page, "utf8"), rendered(before));
});
