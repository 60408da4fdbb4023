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

/** Differences of less than a segment (bytes) or ten ticks (s) are held against that much. */
const leastBytes = 1448;
const leastSeconds = 0.04;

export interface Compared {
  readonly name: FigureName;
  readonly kernel: number | undefined;
  readonly model: number | undefined;
  /** Relative to the kernel's figure. */
  readonly error: number;
}

const compare = (
  name: FigureName,
  kernel: number | undefined,
  model: number | undefined,
  least: number,
): Compared[] => {
  if (kernel === undefined && model === undefined) return [];
  const error = kernel === undefined || model === undefined ? 1 : Math.abs(model - kernel) / Math.max(kernel, least);
  return [{ name, kernel, model, error }];
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

const firstWait = ({ blocks: [first] }: Observed): number | undefined =>
  first?.resumedAt === undefined ? undefined : first.resumedAt - first.at;

export const compareFigures = (kernel: Observed, model: Observed): readonly Compared[] => [
  ...compare("taken before would-block", kernel.blocks[0]?.taken, model.blocks[0]?.taken, leastBytes),
  ...compare("receive queue", kernel.final.recvQ, model.final.recvQ, leastBytes),
  ...compare("send queue", kernel.final.sendQ, model.final.sendQ, leastBytes),
  ...compare("not sent", kernel.final.notSent, model.final.notSent, leastBytes),
  ...compare("taken in all", kernel.taken, model.taken, leastBytes),
  ...compare("writable again", firstWait(kernel), firstWait(model), leastSeconds),
];
