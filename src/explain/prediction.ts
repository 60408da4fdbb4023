// What would have happened with the remedy: the model run again with what was measured, only where it also gives
// what did happen.
import type { Sysctls } from "../snapshot/snapshot.js";
// Not by index.js: the observer, which predicts nothing else, would hold the other models, too (90 files).
import { type Predicted, type Remedy, whatIf } from "../model/accept/what-if.js";
import type { AcceptCause, Symptom } from "./finding.js";
import type { History } from "./history.js";
import { dropsOf, measuredOf } from "./measured.js";
import type { Waits } from "./symptoms/facts.js";

/** Of a queue that nobody was turned away from: who waited, and who was gone. */
export interface Waited {
  readonly symptom: Symptom;
  readonly waits?: Waits | undefined;
  readonly abandoned: number;
  /** So long each of those had waited at the least, where that is known. */
  readonly patienceMs?: number | undefined;
  /** Nobody waits any more. */
  readonly isOver: boolean;
}

export interface PredictionInput {
  readonly cause: AcceptCause;
  readonly history: History;
  readonly limit: number;
  readonly sysctl: Sysctls;
  /** The numbers that the remedy names. */
  readonly backlogNeeded: number;
  readonly processesNeeded?: number | undefined;
  readonly mostArrivals: number;
  readonly waited: Waited;
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

/** A longer queue makes nobody wait less. */
const shorterWaits = (input: PredictionInput): readonly (readonly [string, Remedy])[] =>
  Object.entries(remediesFor[input.cause]?.({ ...input, backlogNeeded: 0 }) ?? {});

/** Nobody was dropped: held against what happened are the waits, and of peers that were gone those they would have had. */
const predictedWaits = (input: PredictionInput): Prediction | undefined => {
  const { symptom, waits, abandoned, patienceMs, isOver } = input.waited;
  const remedies = shorterWaits(input);
  const isTold = symptom === "accept-wait" || symptom === "abandoned-in-queue";
  if (!isTold || !waits || remedies.length === 0) return undefined;
  if (!isOver) return { withheld: "those who wait have not all been accepted" };
  const { history, limit, sysctl, cause, mostArrivals } = input;
  if (history.lost > 0) return { withheld: "it went on for longer than is kept" };
  const measured = { ...measuredOf(history, costOf(cause), { limit, sysctl }), longestWaitMs: waits.longestMs };
  const answer = whatIf(measured, mostArrivals);
  if ("withheld" in answer) return answer;
  const gone = (waitMs: number): Prediction => {
    if (abandoned === 0) return {};
    if (patienceMs === undefined) return { abandoned: "not known: how long they would have waited was not seen" };
    return waitMs <= patienceMs
      ? { abandoned: 0 }
      : { abandoned: `not known: they waited for ${patienceMs} ms at least` };
  };
  const toldWaits = ({ waitMaxMs = 0, waitP95Ms = 0 }: Predicted): Prediction => ({
    longestWaitMs: waitMaxMs,
    p95WaitMs: waitP95Ms,
  });
  return {
    asItWas: {
      ...toldWaits(answer.asItWas),
      observedLongestWaitMs: Math.round(waits.longestMs),
      ...(abandoned > 0 && { observedAbandoned: abandoned }),
    },
    ...Object.fromEntries(
      remedies.map(([name, remedy]) => {
        const cured = answer.with(remedy);
        return [`with ${name}`, { ...toldWaits(cured), ...gone(cured.waitMaxMs ?? 0) }];
      }),
    ),
  };
};

const costOf = (cause: AcceptCause): "cpuMs" | "busyMs" =>
  cause === "cpu-throttled" || cause === "cpu-starved" ? "cpuMs" : "busyMs";

/** `undefined` where nobody was dropped or waited, or no remedy has a number; `withheld` where the model contradicts what happened. */
export const predictionOf = (input: PredictionInput): Prediction | undefined => {
  const { cause, history, limit, sysctl, mostArrivals } = input;
  const remedies = Object.entries(remediesFor[cause]?.(input) ?? {});
  const observedDrops = dropsOf(history.entries);
  if (observedDrops === 0) return predictedWaits(input);
  if (remedies.length === 0) return undefined;
  if (history.lost > 0) return { withheld: "it went on for longer than is kept" };
  const answer = whatIf(measuredOf(history, costOf(cause), { limit, sysctl }), mostArrivals);
  if ("withheld" in answer) return answer;
  return {
    asItWas: { ...told(answer.asItWas), observedDrops },
    ...Object.fromEntries(remedies.map(([name, remedy]) => [`with ${name}`, told(answer.with(remedy))])),
  };
};
