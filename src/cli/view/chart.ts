// Figures as columns of eighth blocks, with their scale and what lies below the first and the last. Numbers in, lines out.
import type { View } from "./finding.js";

export interface Chart {
  readonly title: string;
  /** From left to right; a figure that is not known is left blank. */
  readonly values: readonly (number | null)[];
  /** What stands below the first and the last value. */
  readonly from: string;
  readonly until: string;
  /** How a figure is written beside the axis. */
  readonly scale?: ((value: number) => string) | undefined;
  readonly rows?: number | undefined;
}

const eighths = " ▁▂▃▄▅▆▇█";
const margin = 13;
const mostColumns = 64;

/** Columns that fit beside the scale. */
export const chartColumns = (width: number): number => Math.max(8, Math.min(mostColumns, width - margin - 1));

/** A lane beside the axis, and what stands below all of them. */
export const laneLine = (text: string, edge: string, lane: string): string =>
  `${text.padStart(margin - 2)} ${edge}${lane}`;
export const axisLine = (axis: string): string => `${" ".repeat(margin - 1)}└${axis}`;

const block = (value: number, full: number, rows: number, row: number): string => {
  const level = value === 0 ? 0 : Math.max(1, Math.round((value / full) * rows * 8));
  return eighths[Math.min(8, Math.max(0, level - row * 8))]!;
};

/** The figures as rows of blocks from the top down; `full` reaches the top, where `label` stands. */
export const depthLines = (
  values: readonly number[],
  { full, label, rows }: { readonly full: number; readonly label: string; readonly rows: number },
  paint: View["paint"],
): readonly string[] =>
  Array.from({ length: rows }, (_, index) => {
    const row = rows - 1 - index;
    const line = values.map((value) => block(value, full, rows, row)).join("");
    return laneLine(index === 0 ? label : row === 0 ? "0" : "", index === 0 ? "┤" : "│", paint("cyan", line.trimEnd()));
  });

const largest = (values: readonly (number | null)[]): number => values.reduce<number>((a, b) => Math.max(a, b ?? 0), 0);

/** As many values as columns, or columns as values allow: the largest of those that share one, or one over several. */
const spread = (values: readonly (number | null)[], columns: number): readonly number[] => {
  const wide = Math.floor(columns / values.length);
  if (wide >= 1) return values.flatMap((value) => Array<number>(Math.min(4, wide)).fill(value ?? 0));
  return Array.from({ length: columns }, (_, column) => {
    const from = Math.floor((column * values.length) / columns);
    return largest(values.slice(from, Math.max(from + 1, Math.floor(((column + 1) * values.length) / columns))));
  });
};

/** Lines of at most `width` columns. */
export const chartLines = (chart: Chart, { width, paint }: View): readonly string[] => {
  const { title, values, from, until, scale = String, rows = 4 } = chart;
  const top = largest(values);
  const cells = spread(values, chartColumns(width));
  const gap = Math.max(1, cells.length - from.length - until.length);
  return [
    paint("bold", title),
    ...depthLines(cells, { full: top || 1, label: scale(top), rows }, paint),
    axisLine(paint("dim", `${from}${"─".repeat(gap)}${until}`)),
  ];
};

/** A step function in as many equal parts as a chart has columns: of each the largest value. */
export const overTime = <Entry extends { readonly at: number }>(
  entries: readonly Entry[],
  pick: (entry: Entry) => number,
  columns: number,
): readonly number[] => {
  const until = entries.at(-1)?.at ?? 0;
  const values = Array<number>(columns).fill(0);
  let column = 0;
  let held = 0;
  for (const entry of entries) {
    const at = until === 0 ? 0 : Math.min(columns - 1, Math.floor((entry.at / until) * columns));
    while (column < at) {
      column += 1;
      values[column] = held;
    }
    held = pick(entry);
    values[at] = Math.max(values[at]!, held);
  }
  return values;
};
