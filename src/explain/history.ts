// What came to a listener step by step while it was in trouble: what a what-if runs again. Bounded; a history that
// grew too long says so instead of losing its beginning.
import type { ListenerStep } from "./listener-step.js";

export interface HistoryEntry {
  readonly fromMs: number;
  readonly untilMs: number;
  readonly admitted: number;
  /** Clients turned away, again or for the first time; and what the drop counter moved by. */
  readonly refused: number;
  readonly drops: number;
  readonly accepts: number;
  /** Time in which the loop did not sleep, where that can be told. */
  readonly busyMs?: number | undefined;
  readonly cpuMs?: number | undefined;
  /** Somebody waited and nobody was accepted. */
  readonly stalled: boolean;
}

export interface History {
  readonly entries: readonly HistoryEntry[];
  /** Steps that were not kept: more than can be run again. */
  readonly lost: number;
}

export const noHistory: History = { entries: [], lost: 0 };

/** At the fast pace of 20 ms this is half a minute of trouble. */
const mostEntries = 1500;

const entryOf = ({ around, length, wasLength, drops, accepts, loop }: ListenerStep, refused: number): HistoryEntry => ({
  fromMs: around.fromAt,
  untilMs: around.at,
  admitted: Math.max(0, accepts + length - wasLength),
  refused,
  drops,
  accepts,
  busyMs: loop.idleMs === undefined ? undefined : Math.max(0, around.ms - loop.idleMs),
  cpuMs: loop.cpuMs,
  stalled: accepts === 0 && length > 0,
});

const isQuiet = ({ admitted, refused, drops, stalled }: HistoryEntry): boolean =>
  admitted + refused + drops === 0 && !stalled;

/** Folds one step in; quiet ones in a row become one. */
export const foldHistory = ({ entries, lost }: History, step: ListenerStep, refused: number): History => {
  const entry = entryOf(step, refused);
  const last = entries.at(-1);
  if (last && isQuiet(last) && isQuiet(entry))
    return { entries: [...entries.slice(0, -1), { ...entry, fromMs: last.fromMs }], lost };
  return entries.length >= mostEntries ? { entries, lost: lost + 1 } : { entries: [...entries, entry], lost };
};
