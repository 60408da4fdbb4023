// A sweep for a person: of one key a row a value and charts, of two a grid a figure.
import { cellLines } from "./cells.js";
import { chartLines } from "./chart.js";
import type { Figure, SweepRow } from "./figure.js";
import type { View } from "./finding.js";
import { clip, wrap } from "./columns.js";

type Figures = readonly Pick<Figure<never>, "name" | "isDrawn">[];

/** Up to so many rows each value has its own; of more, neighbours with the same figures share one. */
const mostOwnRows = 64;

/** Whole numbers as they are, others to four digits. */
const text = (value: number | null): string => {
  if (value === null) return "–";
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4)));
};
const word = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

const hasSame = (a: SweepRow, b: SweepRow): boolean => a.values.every((value, index) => value === b.values[index]);

/** Runs of neighbours with the same figures. */
const groupsOf = (rows: readonly SweepRow[]): readonly (readonly [SweepRow, SweepRow])[] => {
  const groups: [SweepRow, SweepRow][] = [];
  for (const row of rows) {
    const last = groups.at(-1);
    if (rows.length > mostOwnRows && last && hasSame(last[0], row)) last[1] = row;
    else groups.push([row, row]);
  }
  return groups;
};

const varies = (rows: readonly SweepRow[], index: number): boolean =>
  rows.some(({ values }) => values[index] !== rows[0]!.values[index]);

/** What the sweep does not change is said once, unless there is nothing to say. */
const constantLine = (figures: Figures, rows: readonly SweepRow[], width: number): readonly string[] => {
  const told = figures.flatMap(({ name }, index) => {
    const value = rows[0]!.values[index] ?? 0;
    return varies(rows, index) || value === 0 ? [] : [`${name} ${text(value)}`];
  });
  return told.length > 0 ? wrap(`in all runs: ${told.join(", ")}`, width, "  ") : [];
};

/** As many columns as fit, and the names of the others. */
const cut = (columns: readonly (readonly string[])[], width: number): number => {
  let left = 0;
  const fits = columns.findIndex((column) => {
    left += 2 + Math.max(...column.map(({ length }) => length));
    return left > width;
  });
  return fits === -1 ? columns.length : Math.max(2, fits);
};

const rowsOf = (
  key: string,
  figures: Figures,
  rows: readonly SweepRow[],
  { width, paint }: View,
): readonly string[] => {
  const groups = groupsOf(rows);
  const names = groups.map(([first, last]) =>
    first === last ? word(first.set[key]) : `${word(first.set[key])}..${word(last.set[key])}`,
  );
  const columns = figures.flatMap(({ name }, index) =>
    varies(rows, index) ? [[name, ...groups.map(([{ values }]) => text(values[index]!))]] : [],
  );
  const all = [[key, ...names], ...columns];
  const shown = all.slice(0, cut(all, width));
  const hidden = all.slice(shown.length).map(([name]) => name);
  const [head, ...lines] = cellLines(
    shown.map(([name]) => name!),
    names.map((_, row) => shown.map((column) => column[row + 1]!)),
  );
  return [
    paint("bold", clip(head!, width)),
    ...lines.map((line) => clip(line, width)),
    ...(hidden.length > 0 ? wrap(`not as wide as the table (--json has all): ${hidden.join(", ")}`, width, "  ") : []),
    ...constantLine(figures, rows, width),
  ];
};

const chartsOf = (key: string, figures: Figures, rows: readonly SweepRow[], view: View): readonly string[] =>
  figures.flatMap(({ name, isDrawn }, index) => {
    if (!isDrawn || !varies(rows, index)) return [];
    const values = rows.map((row) => row.values[index]!);
    const [from, until] = [word(rows[0]!.set[key]), word(rows.at(-1)!.set[key])];
    return ["", ...chartLines({ title: `${name} by ${key}`, values, from, until, scale: text }, view)];
  });

/** A figure's grid: one row a value of the first key, one column a value of the second. */
const gridOf = (
  keys: readonly [string, string],
  index: number,
  rows: readonly SweepRow[],
  view: View,
): readonly string[] => {
  const [down, across] = keys;
  const heads = [...new Set(rows.map(({ set }) => word(set[across])))];
  const lines = cellLines(
    ["", ...heads],
    Array.from({ length: rows.length / heads.length }, (_, row) => {
      const runs = rows.slice(row * heads.length, (row + 1) * heads.length);
      return [word(runs[0]!.set[down]), ...runs.map(({ values }) => text(values[index]!))];
    }),
  );
  const isCut = lines.some((line) => line.length > view.width);
  return [
    ...lines.map((line) => clip(line, view.width)),
    ...(isCut ? ["  (not as wide as the grid: --json has all)"] : []),
  ];
};

const gridsOf = (
  keys: readonly [string, string],
  figures: Figures,
  rows: readonly SweepRow[],
  view: View,
): readonly string[] =>
  figures.flatMap(({ name, isDrawn }, index) =>
    isDrawn && varies(rows, index)
      ? ["", view.paint("bold", `${name}: ${keys[0]} down, ${keys[1]} across`), ...gridOf(keys, index, rows, view)]
      : [],
  );

/** Lines of at most the view's width. */
export const sweepLines = (
  keys: readonly string[],
  figures: Figures,
  rows: readonly SweepRow[],
  view: View,
): readonly string[] => {
  const [first, second] = keys;
  return second === undefined
    ? [...rowsOf(first!, figures, rows, view), ...chartsOf(first!, figures, rows, view)]
    : [...constantLine(figures, rows, view.width), ...gridsOf([first!, second], figures, rows, view)];
};
