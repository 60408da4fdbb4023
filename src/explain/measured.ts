// What was measured at a listener while it was in trouble, as the model takes it: who came, when nobody was accepted,
// and how slowly the others were.
import type { Measured, Served, Span } from "../model/index.js";
import type { History, HistoryEntry } from "./history.js";

/** Where the loop's idle time is not known: what an ordinary accept with a small request costs. */
const usualServiceMs = 1;
/** Shorter stretches without an accept are the pace of the accepts around them. */
const stallMs = 100;
/** A pace is taken over so long. */
const paceMs = 200;

/** Stretches of steps in a row in which somebody waited at every look. */
const busyStretches = (entries: readonly HistoryEntry[]): readonly (readonly HistoryEntry[])[] => {
  const stretches: HistoryEntry[][] = [];
  let last: HistoryEntry | undefined;
  for (const entry of entries) {
    const isBusy = entry.waited || entry.stalledMs > 0;
    if (isBusy && last) stretches.at(-1)!.push(entry);
    else if (isBusy) stretches.push([entry]);
    last = isBusy ? entry : undefined;
  }
  return stretches;
};

const spanOf = (entries: readonly HistoryEntry[]): Span & { readonly accepts: number } => ({
  fromMs: entries[0]!.fromMs,
  untilMs: entries.at(-1)!.untilMs,
  accepts: entries.reduce((sum, { accepts }) => sum + accepts, 0),
});

/** Steps without an accept in a row, kept apart from the others. */
const byAccepts = (entries: readonly HistoryEntry[]): readonly (readonly HistoryEntry[])[] => {
  const parts: HistoryEntry[][] = [];
  for (const entry of entries) {
    const last = parts.at(-1);
    if (last && last[0]!.accepts > 0 === entry.accepts > 0) last.push(entry);
    else parts.push([entry]);
  }
  return parts;
};

/** Of one stretch: where nobody was accepted for long, and how long one accept took in between. */
const servedIn = (stretch: readonly HistoryEntry[]): Served => {
  const stalls: Span[] = [];
  const paces: { fromMs: number; untilMs: number; serviceMs: number }[] = [];
  let slow: HistoryEntry[] = [];
  const close = (): void => {
    if (slow.length === 0) return;
    const { fromMs, untilMs, accepts } = spanOf(slow);
    if (accepts === 0) stalls.push({ fromMs, untilMs });
    else paces.push({ fromMs, untilMs, serviceMs: (untilMs - fromMs) / accepts });
    slow = [];
  };
  for (const part of byAccepts(stretch)) {
    const { fromMs, untilMs, accepts } = spanOf(part);
    const first = part[0]!;
    if (accepts === 0 && untilMs - fromMs >= stallMs) {
      close();
      stalls.push({ fromMs: Math.max(fromMs, first.untilMs - first.stalledMs), untilMs });
      continue;
    }
    for (const entry of part) {
      slow.push(entry);
      if (entry.untilMs - slow[0]!.fromMs >= paceMs && entry.accepts > 0) close();
    }
  }
  close();
  return { stalls, paces };
};

/** As if each step's accepts came at its beginning, one after the other: a thread that is held up runs in bursts. */
const servedInBursts = (stretch: readonly HistoryEntry[], serviceMs: number): Served => {
  const stalls: { fromMs: number; untilMs: number }[] = [];
  for (const { fromMs, untilMs, accepts, stalledMs } of stretch) {
    const from = Math.max(accepts > 0 ? fromMs + accepts * serviceMs : untilMs - stalledMs, fromMs);
    const last = stalls.at(-1);
    if (from >= untilMs) continue;
    if (last?.untilMs === from) last.untilMs = untilMs;
    else stalls.push({ fromMs: from, untilMs });
  }
  return { stalls, paces: [] };
};

export const dropsOf = (entries: readonly HistoryEntry[]): number => entries.reduce((sum, { drops }) => sum + drops, 0);

/** What one connection cost, over the steps in which some were taken and no stall ended. */
export const perAccept = (entries: readonly HistoryEntry[], cost: "busyMs" | "cpuMs"): number | undefined => {
  const taking = entries.filter(
    (entry, index) => entry.accepts > 1 && entry[cost] !== undefined && !entries[index - 1]?.stalledMs,
  );
  const accepts = taking.reduce((sum, entry) => sum + entry.accepts, 0);
  return accepts === 0 ? undefined : taking.reduce((sum, entry) => sum + (entry[cost] ?? 0), 0) / accepts;
};

/** Whoever came before the stall that a step ends with was served, and left no trace; the others came during it. */
const splitAtStall = (entry: HistoryEntry): Measured["steps"] => {
  const { fromMs, untilMs, stalledMs, admitted, refused } = entry;
  const stallAt = untilMs - stalledMs;
  if (stalledMs === 0 || stallAt <= fromMs) return [entry];
  return [
    { fromMs, untilMs: stallAt, admitted: 0, refused: 0 },
    { fromMs: stallAt, untilMs, admitted, refused },
  ];
};

/**
 * When in a step the accepts came is not seen: evenly, or in bursts. Either may be what happened.
 * @param cost what an accept takes of: the loop's time, or, where others had the CPU, its CPU time.
 */
export const measuredOf = (
  { entries }: History,
  cost: "busyMs" | "cpuMs",
  settings: Pick<Measured, "limit" | "sysctl">,
): Measured => {
  const serviceMs = perAccept(entries, cost) ?? usualServiceMs;
  const stretches = busyStretches(entries);
  const joined = (serve: (stretch: readonly HistoryEntry[]) => Served): Served => {
    const served = stretches.map(serve);
    return { stalls: served.flatMap(({ stalls }) => stalls), paces: served.flatMap(({ paces = [] }) => paces) };
  };
  return {
    ...settings,
    steps: entries.flatMap(splitAtStall),
    drops: dropsOf(entries),
    serviceMs,
    served: [joined(servedIn), joined((stretch) => servedInBursts(stretch, serviceMs))],
  };
};
