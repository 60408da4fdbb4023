// What would have happened with the remedy: the model run again with what was measured, only where it also gives
// what did happen.
import type { Sysctls } from "../snapshot/snapshot.js";
import { type Measured, type Predicted, type Remedy, whatIf } from "../model/index.js";
import type { AcceptCause } from "./finding.js";
import type { History, HistoryEntry } from "./history.js";

export interface PredictionInput {
  readonly cause: AcceptCause;
  readonly history: History;
  readonly limit: number;
  readonly sysctl: Sysctls;
  /** The numbers that the remedy names. */
  readonly backlogNeeded: number;
  readonly processesNeeded?: number | undefined;
  readonly mostArrivals: number;
}

export type Prediction = Readonly<Record<string, unknown>>;

/** Where the loop's idle time is not known: what an ordinary accept with a small request costs. */
const usualServiceMs = 1;

const stallsOf = (entries: readonly HistoryEntry[]): Measured["stalls"] => {
  const stalls: { fromMs: number; untilMs: number }[] = [];
  for (const { stalled, fromMs, untilMs } of entries) {
    const last = stalls.at(-1);
    if (stalled && last?.untilMs === fromMs) last.untilMs = untilMs;
    else if (stalled) stalls.push({ fromMs, untilMs });
  }
  return stalls;
};

/** Steps in which connections were taken and no stall ended: what one of them cost. */
const perAccept = (entries: readonly HistoryEntry[], cost: "busyMs" | "cpuMs"): number | undefined => {
  const taking = entries.filter(
    (entry, index) => entry.accepts > 1 && entry[cost] !== undefined && entries[index - 1]?.stalled !== true,
  );
  const accepts = taking.reduce((sum, entry) => sum + entry.accepts, 0);
  return accepts === 0 ? undefined : taking.reduce((sum, entry) => sum + (entry[cost] ?? 0), 0) / accepts;
};

const dropsOf = ({ entries }: History): number => entries.reduce((sum, { drops }) => sum + drops, 0);

const measuredOf = ({ history, limit, sysctl }: PredictionInput): Measured => ({
  steps: history.entries,
  stalls: stallsOf(history.entries),
  drops: dropsOf(history),
  serviceMs: perAccept(history.entries, "busyMs") ?? usualServiceMs,
  limit,
  sysctl,
});

type Remedies = Readonly<Record<string, Remedy>>;

const larger = ({ backlogNeeded, limit }: PredictionInput): Remedies =>
  backlogNeeded > limit ? { [`backlog ${backlogNeeded}`]: { limit: backlogNeeded } } : {};

/** As if the thread had never waited for a CPU: an accept costs only the CPU time that it took. */
const enoughCpu = (input: PredictionInput): Remedies => {
  const serviceMs = perAccept(input.history.entries, "cpuMs");
  return { ...(serviceMs !== undefined && { "enough CPU": { serviceMs, withoutStalls: true } }), ...larger(input) };
};

const steadier = (input: PredictionInput): Remedies => ({ "no stall": { withoutStalls: true }, ...larger(input) });

const more = (input: PredictionInput): Remedies => ({
  ...(input.processesNeeded && { [`${input.processesNeeded} processes`]: { processes: input.processesNeeded } }),
  ...larger(input),
});

const remediesFor: Readonly<Partial<Record<AcceptCause, (input: PredictionInput) => Remedies>>> = {
  "process-stopped": steadier,
  "cpu-throttled": enoughCpu,
  "cpu-starved": enoughCpu,
  "event-loop-blocked": steadier,
  "not-accepting": (input) => ({ "no stall": steadier(input)["no stall"]! }),
  "event-loop-saturated": more,
  "backlog-clamped": larger,
  "backlog-too-small": larger,
};

const told = ({ drops, clientsDelayed, ghosts, waitMaxMs }: Predicted): Prediction => ({
  drops,
  clientsDelayed,
  ...(ghosts > 0 && { ghosts }),
  ...(waitMaxMs !== undefined && { longestWaitMs: waitMaxMs }),
});

/** `undefined` where nothing was dropped, or the model contradicts what happened. */
export const predictionOf = (input: PredictionInput): Prediction | undefined => {
  const remedies = Object.entries(remediesFor[input.cause]?.(input) ?? {});
  const observedDrops = dropsOf(input.history);
  if (observedDrops === 0 || input.history.lost > 0 || remedies.length === 0) return undefined;
  const answer = whatIf(measuredOf(input), input.mostArrivals);
  if ("withheld" in answer) return undefined;
  return {
    asItWas: { ...told(answer.asItWas), observedDrops },
    ...Object.fromEntries(remedies.map(([name, remedy]) => [`with ${name}`, told(answer.with(remedy))])),
  };
};
