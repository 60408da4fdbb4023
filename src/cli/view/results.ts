// How the results of each kind of scenario are shown: in full, and as a row of a sweep.
import type { Kind, Result } from "../../model/index.js";
import { acceptFigures, acceptLines } from "./accept-result.js";
import type { Figure } from "./figure.js";
import type { View } from "./finding.js";
import { nicFigures, nicLines } from "./nic-result.js";
import { transferFigures, transferLines } from "./transfer-result.js";

interface ResultView<One extends Result> {
  readonly lines: (result: One, view: View) => readonly string[];
  readonly figures: readonly Figure<One>[];
}

const views: { readonly [Name in Kind]: ResultView<Extract<Result, { kind: Name }>> } = {
  accept: { lines: acceptLines, figures: acceptFigures },
  transfer: { lines: transferLines, figures: transferFigures },
  nic: { lines: nicLines, figures: nicFigures },
};

const viewOf = ({ kind }: Result): ResultView<Result> => views[kind] as unknown as ResultView<Result>;

export const resultLines = (result: Result, view: View): readonly string[] => viewOf(result).lines(result, view);

export const figuresOf = (result: Result): readonly Figure<Result>[] => viewOf(result).figures;
