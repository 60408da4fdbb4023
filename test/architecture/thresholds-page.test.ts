// docs/thresholds.md is written from the docstrings of the thresholds, so that a reason is told in one place.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { defaultThresholds, type Thresholds } from "../../src/explain/thresholds.js";
import { packageRoot } from "../package-root.js";
import { holdPage } from "./written-page.js";

const reasons = (): Map<string, string> => {
  const source = [
    "src/explain/thresholds.ts",
    "src/explain/connections/thresholds.ts",
    "src/explain/network/thresholds.ts",
  ]
    .map((file) => readFileSync(join(packageRoot, file), "utf8"))
    .join("\n");
  const found = source.matchAll(/\/\*\*(.*?)\*\/\s*readonly (\w+)[?:]/gs);
  return new Map(
    [...found].map(([, comment, name]) => [
      name!,
      comment!
        .replace(/\s*\n\s*\*\s?/g, " ")
        .replace(/\s+/g, " ")
        .trim(),
    ]),
  );
};

const variableOf = (name: string): string => `SOCKSCOPE_${name.replace(/[A-Z]/g, "_$&").toUpperCase()}`;

const render = (): string => {
  const why = reasons();
  const names = Object.keys(defaultThresholds) as (keyof Thresholds)[];
  const rows = names.map(
    (name) => `| \`${name}\` | \`${variableOf(name)}\` | ${defaultThresholds[name]} | ${why.get(name) ?? ""} |`,
  );
  return [
    "# Thresholds",
    "",
    "The numbers that findings are judged by. Each is an option of `start()`, a key of `sockscope.config.json` and an",
    "environment variable. Names ending in `Ms` are milliseconds, in `Share` parts of one.",
    "",
    "| option | variable | default | why |",
    "| --- | --- | --- | --- |",
    ...rows,
    "",
  ].join("\n");
};

test("docs/thresholds.md is what the docstrings of the thresholds say", (t) => {
  holdPage(t, __filename, "docs/thresholds.md", render);
});

test("every threshold has its reason", (t) => {
  const why = reasons();
  t.deepEqual(
    Object.keys(defaultThresholds).filter((name) => !why.get(name)),
    [],
    "the docstring above the field says why it is this number",
  );
});
