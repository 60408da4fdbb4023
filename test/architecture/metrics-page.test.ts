// docs/metrics.md is written from the table of metrics, so that a name, its unit and its help are told in one place.
import test from "ava";
import { labelAttributes, metricTable, openTelemetryName } from "../../src/export/metrics/table.js";
import { holdPage } from "./written-page.js";

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

test("docs/metrics.md has the table of metrics", (t) => {
  holdPage(t, __filename, "docs/metrics.md", rendered);
});
