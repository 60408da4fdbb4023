// What came to a listener step by step while it was in trouble: what a what-if runs again. Bounded; a history that
// grew too long says so instead of losing its beginning.
import type { ListenerStep } from "./listener-step.js";
import type { Refusals } from "./refused.js";

export interface HistoryEntry {
  readonly fromMs: number;
  readonly untilMs: number;
  readonly admitted: number;
  /** SYNs turned away, of clients that came again or for the first time; third segments; and what the drop counter moved by. */
  readonly refused: number;
  readonly halfOpen: number;
  readonly drops: number;
  readonly accepts: number;
  /** Time in which the loop did not sleep, where that can be told. */
  readonly busyMs?: number | undefined;
  readonly cpuMs?: number | undefined;
  /** Somebody waited all the time. */
  readonly waited: boolean;
  /** Of it, at its end, somebody waited and nobody was accepted; all of it, where not less is known. */
  readonly stalledMs: number;
}

export interface History {
  readonly entries: readonly HistoryEntry[];
  /** Steps that were not kept: more than can be run again. */
  readonly lost: number;
}

export const noHistory: History = { entries: [], lost: 0 };

/** At the fast pace of 20 ms this is half a minute of trouble. */
const mostEntries = 1500;

const entryOf = (
  { around, length, wasLength, drops, accepts, loop }: ListenerStep,
  { clients, halfOpen }: Refusals,
): HistoryEntry => ({
  fromMs: around.fromAt,
  untilMs: around.at,
  admitted: Math.max(0, accepts + length - wasLength),
  refused: Math.max(0, clients - halfOpen),
  halfOpen,
  drops,
  accepts,
  busyMs: loop.idleMs === undefined ? undefined : Math.max(0, around.ms - loop.idleMs),
  cpuMs: loop.cpuMs,
  waited: wasLength > 0 && length > 0,
  stalledMs: accepts === 0 && length > 0 ? around.stoppedMs || around.ms : 0,
});

const isQuiet = ({ admitted, refused, drops, stalledMs }: HistoryEntry): boolean =>
  admitted + refused + drops + stalledMs === 0;

/** Folds one step in; quiet ones in a row become one. */
export const foldHistory = ({ entries, lost }: History, step: ListenerStep, refusals: Refusals): History => {
  const entry = entryOf(step, refusals);
  const last = entries.at(-1);
  if (last && isQuiet(last) && isQuiet(entry))
    return { entries: [...entries.slice(0, -1), { ...entry, fromMs: last.fromMs }], lost };
  return entries.length >= mostEntries ? { entries, lost: lost + 1 } : { entries: [...entries, entry], lost };
};
