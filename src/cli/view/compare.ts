// Runs side by side: one row a figure, one column a run.
import type { View } from "./finding.js";
import { wrap } from "./columns.js";

export interface Run {
  readonly title: string;
  /** Figures by name; the first run's names are the rows. */
  readonly figures: Readonly<Record<string, string>>;
}

/** Words that are wider than the cell may break behind a hyphen. */
const breakable = (text: string, cell: number): string =>
  text
    .split(" ")
    .flatMap((word) => pieces(word, cell))
    .join(" ");

const pieces = (word: string, cell: number): readonly string[] => {
  const found: string[] = [];
  for (const part of word.split(/(?<=-)/)) {
    const last = found.at(-1);
    if (last !== undefined && last.length + part.length <= cell) found[found.length - 1] = last + part;
    else found.push(part);
  }
  return found;
};

/** A table no wider than `width`; long cells wrap inside their column. */
export const compareLines = (runs: readonly Run[], { width, paint }: View): readonly string[] => {
  const names = Object.keys(runs[0]?.figures ?? {});
  const left = Math.max(0, ...names.map((name) => name.length)) + 2;
  const cell = Math.max(8, Math.min(26, Math.floor((width - left) / Math.max(1, runs.length)) - 2));
  const row = (name: string, texts: readonly string[], style: "bold" | undefined): readonly string[] => {
    const cells = texts.map((text) => wrap(breakable(text, cell), cell));
    return Array.from({ length: Math.max(...cells.map((lines) => lines.length)) }, (_, index) => {
      const line = cells.map((lines) => (lines[index] ?? "").padEnd(cell)).join("  ");
      return `${(index === 0 ? name : "").padEnd(left)}${style ? paint(style, line) : line}`.trimEnd();
    });
  };
  return [
    ...row(
      "",
      runs.map((run) => run.title),
      "bold",
    ),
    ...names.flatMap((name) =>
      row(
        name,
        runs.map((run) => run.figures[name] ?? ""),
        undefined,
      ),
    ),
  ];
};
