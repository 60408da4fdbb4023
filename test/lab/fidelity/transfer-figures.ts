// What of a transfer is compared, and how far the model's figure is from the kernel's.
import type { CallRecord, TransferResult } from "../../../src/model/transfer/scenario.js";

interface Wait {
  readonly at: number;
  readonly taken: number;
  readonly resumedAt?: number | undefined;
}

/** What transfer-scenario.py prints, as far as it is compared. */
export interface Observed {
  readonly blocks: readonly Wait[];
  readonly taken: number;
  readonly final: { readonly recvQ: number; readonly sendQ: number; readonly notSent: number };
}

export const figureNames = [
  "taken before would-block",
  "receive queue",
  "send queue",
  "not sent",
  "taken in all",
  "writable again",
] as const;
export type FigureName = (typeof figureNames)[number];

/** A difference is held against at least a segment (bytes) or ten ticks of the kernel (s). */
const leastBytes = 1448;
const tickSeconds = 0.004;
const leastSeconds = 10 * tickSeconds;

export interface Compared {
  readonly name: FigureName;
  /** Of each run on the kernel; absent: it did not come to that. */
  readonly kernel: readonly (number | undefined)[];
  readonly model: number | undefined;
  /** How far the model is outside what the kernel's runs gave, relative to the nearest of them. */
  readonly error: number;
}

const errorOf = (
  kernel: readonly (number | undefined)[],
  model: number | undefined,
  least: number,
  grain: number,
): number => {
  if (kernel.includes(model)) return 0;
  const known = kernel.filter((value) => value !== undefined);
  if (model === undefined || known.length === 0) return 1;
  const nearest = Math.min(Math.max(model, Math.min(...known)), Math.max(...known));
  return Math.max(0, Math.abs(model - nearest) - grain) / Math.max(nearest, least);
};

/** The model's calls as the runner on the kernel sees its own. */
export const observedOfModel = ({ calls, written, final }: TransferResult): Observed => {
  const blocks: Wait[] = [];
  let taken = 0;
  for (const call of calls.filter((one: CallRecord) => one.side === "sender" && one.call === "write")) {
    taken += call.returned;
    if (call.outcome === "would-block") blocks.push({ at: call.at, taken, resumedAt: call.resumedAt ?? undefined });
  }
  return { blocks, taken: written, final };
};

/** What a figure is; a span where the two ends of it are as good. */
const figures: Readonly<Record<FigureName, (observed: Observed) => readonly (number | undefined)[]>> = {
  "taken before would-block": ({ blocks }) => [blocks[0]?.taken],
  "receive queue": ({ final }) => [final.recvQ],
  "send queue": ({ final }) => [final.sendQ],
  "not sent": ({ final }) => [final.notSent],
  "taken in all": ({ taken }) => [taken],
  // Thousands of small writes take the kernel milliseconds and the model no time: what ends the wait may have begun with
  // the first of them or with the last.
  "writable again": ({ blocks: [first] }) =>
    first?.resumedAt === undefined ? [undefined] : [first.resumedAt, first.resumedAt - first.at],
};

/** Figures that neither side has are left out. */
export const compareFigures = (kernel: readonly Observed[], model: Observed): readonly Compared[] =>
  figureNames
    .map((name) => {
      const [least, grain] = name === "writable again" ? [leastSeconds, tickSeconds] : [leastBytes, 0];
      const [seen, foretold] = [kernel.flatMap(figures[name]), figures[name](model)[0]];
      return { name, kernel: seen, model: foretold, error: errorOf(seen, foretold, least, grain) };
    })
    .filter((one) => [one.model, ...one.kernel].some((value) => value !== undefined));
