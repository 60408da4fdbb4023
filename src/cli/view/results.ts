// How the results of each kind of scenario are shown: in full, and as a row of a sweep.
import type { Result } from "../../model/index.js";
import { acceptFigures, acceptLines } from "./accept-result.js";
import { figureLines } from "./cells.js";
import type { Figure } from "./figure.js";
import type { View } from "./finding.js";
import { transferFigures, transferLines } from "./transfer-result.js";

interface ResultView {
  readonly lines: (result: never, view: View) => readonly string[];
  readonly figures: readonly Figure<never>[];
}

const views: Readonly<Partial<Record<string, ResultView>>> = {
  accept: { lines: acceptLines, figures: acceptFigures },
  transfer: { lines: transferLines, figures: transferFigures },
};

/** Of a kind without a view of its own: what is a number. */
const plainly = (result: Result): readonly string[] =>
  figureLines(
    Object.entries(result).flatMap(([name, value]) => (typeof value === "number" ? [[name, String(value)]] : [])),
  );

export const resultLines = (result: Result, view: View): readonly string[] =>
  views[result.kind]?.lines(result as never, view) ?? plainly(result);

export const figuresOf = ({ kind }: Result): readonly Figure<Result>[] =>
  (views[kind]?.figures ?? []) as readonly Figure<Result>[];
