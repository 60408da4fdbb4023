// A table that fits its width exactly: the least important columns go first, bars and names take what is left.
import type { Paint, Style } from "../view/paint.js";

export interface Column<Row> {
  readonly head: string;
  /** Columns on the screen: at least, and at most; one number when it is fixed. */
  readonly width: number | readonly [least: number, most: number];
  readonly align?: "right" | undefined;
  /** Of a name that is too long, its end is what matters. */
  readonly cut?: "start" | undefined;
  /** The higher, the longer it stays on a narrow screen. */
  readonly keep: number;
  /** `undefined`: not known of this row. */
  readonly text: (row: Row, width: number) => string | undefined;
  readonly style?: ((row: Row) => Style | undefined) | undefined;
  /** Left out while it is not known of any row. */
  readonly isOptional?: boolean | undefined;
  /** It grows no wider than what stands in it. */
  readonly isSnug?: boolean | undefined;
}

export interface Fitted<Row> {
  readonly column: Column<Row>;
  readonly width: number;
}

const bounds = <Row>({ width }: Column<Row>): readonly [number, number] =>
  typeof width === "number" ? [width, width] : width;

const total = (widths: readonly number[], gap: number): number => widths.reduce((sum, each) => sum + each + gap, -gap);

const wants = <Row>(column: Column<Row>, rows: readonly Row[]): number => {
  const [least, most] = bounds(column);
  if (!column.isSnug) return most;
  const longest = Math.max(column.head.length, ...rows.map((row) => column.text(row, most)?.length ?? 0));
  return Math.max(least, Math.min(most, longest));
};

const without = <Row>(columns: readonly Column<Row>[], below: number): readonly Column<Row>[] | undefined => {
  const least = columns.reduce((a, b) => (b.keep < a.keep ? b : a));
  return columns.length > 1 && least.keep < below ? columns.filter((column) => column !== least) : undefined;
};

/** Below this a column gives way to names and words that would be cut, else only where nothing else helps. */
const niceToHave = 4;

const chosenColumns = <Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  width: number,
  gap: number,
): readonly Column<Row>[] => {
  const need = (kept: readonly Column<Row>[], isWhole: boolean): number =>
    total(
      kept.map((column) => (isWhole && column.isSnug ? wants(column, rows) : bounds(column)[0])),
      gap,
    );
  const drop = (kept: readonly Column<Row>[], isWhole: boolean, below: number): readonly Column<Row>[] => {
    const fewer = need(kept, isWhole) > width ? without(kept, below) : undefined;
    return fewer ? drop(fewer, isWhole, below) : kept;
  };
  return drop(drop(columns, true, niceToHave), false, Number.POSITIVE_INFINITY);
};

/** Which columns are shown, and how wide. */
export const fitColumns = <Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  width: number,
  gap: number,
): readonly Fitted<Row>[] => {
  const known = columns.filter(
    (column) => !column.isOptional || rows.some((row) => column.text(row, bounds(column)[1]) !== undefined),
  );
  const kept = chosenColumns(known, rows, width, gap);
  const least = total(
    kept.map((column) => bounds(column)[0]),
    gap,
  );
  let left = Math.max(0, width - least);
  const more = new Map<Column<Row>, number>();
  for (const column of kept.toSorted((a, b) => b.keep - a.keep)) {
    const extra = Math.min(left, wants(column, rows) - bounds(column)[0]);
    more.set(column, extra);
    left -= extra;
  }
  return kept.map((column) => ({ column, width: Math.min(width, bounds(column)[0] + more.get(column)!) }));
};

export const cutStart = (text: string, width: number): string =>
  text.length <= width ? text : width < 1 ? "" : `…${text.slice(text.length - width + 1)}`;
export const cutEnd = (text: string, width: number): string =>
  text.length <= width ? text : width < 1 ? "" : `${text.slice(0, width - 1)}…`;

const place = (text: string, width: number, { align, cut }: Pick<Column<never>, "align" | "cut">): string => {
  const fitted = cut === "start" ? cutStart(text, width) : cutEnd(text, width);
  return align === "right" ? fitted.padStart(width) : fitted.padEnd(width);
};

/** The heads; `sorted` is marked. */
export const headLine = <Row>(fitted: readonly Fitted<Row>[], gap: number, sorted: string | undefined): string =>
  fitted
    .map(({ column, width }) => {
      const head = column.head !== "" && column.head === sorted ? `${column.head}▾` : column.head;
      return place(head.length > width ? column.head : head, width, { align: column.align });
    })
    .join(" ".repeat(gap))
    .trimEnd();

export const rowLine = <Row>(fitted: readonly Fitted<Row>[], row: Row, gap: number, paint: Paint): string =>
  fitted
    .map(({ column, width }) => {
      const text = column.text(row, width);
      const cell = place(text ?? "–", width, column);
      const style = text === undefined ? "dim" : column.style?.(row);
      return style === undefined ? cell : paint(style, cell);
    })
    .join(" ".repeat(gap));
