// What would have happened with the remedy: the model run again with what was measured, only where it also gives
// what did happen.
import type { Sysctls } from "../snapshot/snapshot.js";
import { type Predicted, type Remedy, whatIf } from "../model/index.js";
import type { AcceptCause } from "./finding.js";
import type { History } from "./history.js";
import { dropsOf, measuredOf } from "./measured.js";

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

type Remedies = Readonly<Record<string, Remedy>>;

const larger = ({ backlogNeeded, limit }: PredictionInput): Remedies =>
  backlogNeeded > limit ? { [`backlog ${backlogNeeded}`]: { limit: backlogNeeded } } : {};

const unhindered: Remedy = { withoutStalls: true };

/** As if the thread had never waited for a CPU. */
const enoughCpu = (input: PredictionInput): Remedies => ({ "enough CPU": unhindered, ...larger(input) });

const steadier = (input: PredictionInput): Remedies => ({ "no stall": unhindered, ...larger(input) });

const more = (input: PredictionInput): Remedies => ({
  ...(input.processesNeeded && { [`${input.processesNeeded} processes`]: { processes: input.processesNeeded } }),
  ...larger(input),
});

const remediesFor: Readonly<Partial<Record<AcceptCause, (input: PredictionInput) => Remedies>>> = {
  "process-stopped": steadier,
  "cpu-throttled": enoughCpu,
  "cpu-starved": enoughCpu,
  "event-loop-blocked": steadier,
  "not-accepting": () => ({ "no stall": unhindered }),
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

/** `undefined` where nothing was dropped or no remedy has a number; `withheld` where the model contradicts what happened. */
export const predictionOf = (input: PredictionInput): Prediction | undefined => {
  const { cause, history, limit, sysctl, mostArrivals } = input;
  const remedies = Object.entries(remediesFor[cause]?.(input) ?? {});
  const observedDrops = dropsOf(history.entries);
  if (observedDrops === 0 || remedies.length === 0) return undefined;
  if (history.lost > 0) return { withheld: "it went on for longer than is kept" };
  const cost = cause === "cpu-throttled" || cause === "cpu-starved" ? "cpuMs" : "busyMs";
  const answer = whatIf(measuredOf(history, cost, { limit, sysctl }), mostArrivals);
  if ("withheld" in answer) return answer;
  return {
    asItWas: { ...told(answer.asItWas), observedDrops },
    ...Object.fromEntries(remedies.map(([name, remedy]) => [`with ${name}`, told(answer.with(remedy))])),
  };
};
