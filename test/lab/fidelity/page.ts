// docs/fidelity.md: one section for each kind, replaced as a whole when it was run again.
import { readFileSync, writeFileSync } from "node:fs";
import { release } from "node:os";
import { join } from "node:path";
import { packageRoot } from "../../package-root.js";
import type { Report } from "./entry.js";

const page = join(packageRoot, "docs/fidelity.md");

const sectionOf = ({ summary, table, worst, goal, isMet }: Report): string => {
  const list = worst.length === 0 ? [] : ["", "What agrees least:", "", ...worst.map((line) => `- ${line}`)];
  const verdict = `The goal, ${goal}, is ${isMet ? "met" : "not met"}. Linux ${release()}, Node ${process.versions.node}.`;
  return [`${summary}.`, "", ...table, "", verdict, ...list].join("\n");
};

/** The text between the kind's two marks is replaced. */
export const renderPage = (before: string, name: string, report: Report): string => {
  const [from, until] = [`<!-- ${name} -->\n`, `\n<!-- /${name} -->`];
  const [start, end] = [before.indexOf(from), before.indexOf(until)];
  if (start < 0 || end < 0) throw new Error(`docs/fidelity.md has no place for ${name}`);
  return `${before.slice(0, start + from.length)}${sectionOf(report)}${before.slice(end)}`;
};

export const writePage = (name: string, report: Report): void =>
  writeFileSync(page, renderPage(readFileSync(page, "utf8"), name, report));
