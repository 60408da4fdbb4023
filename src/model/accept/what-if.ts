// What would have happened with another limit, without the stall, with more processes: the model run again with what
// was measured. Where it cannot reproduce what did happen, nothing is predicted.
import type { Sysctls } from "../../snapshot/snapshot.js";
import { type ArrivalStep, newArrivals, retriesMs } from "./new-arrivals.js";
import type { AcceptResult, AcceptScenario, Arrival, ConnectRecord } from "./scenario.js";
import { runAccept } from "./run.js";
import { sysctlDefaults } from "../sysctl.js";
import { type Came, placings } from "./placings.js";
import { slicesOf } from "./unseen-arrivals.js";

/** A stretch of time, ms. */
export interface Span {
  readonly fromMs: number;
  readonly untilMs: number;
}

/** How a listener was served. */
export interface Served {
  /** When nothing was accepted, whatever the reason. */
  readonly stalls: readonly Span[];
  /** How long a connection took, in stretches in which somebody waited all the time. */
  readonly paces?: readonly (Span & { readonly serviceMs: number })[] | undefined;
}

/** What was measured at a listener over a stretch of time. Times in ms, on one clock. */
export interface Measured {
  readonly steps: readonly ArrivalStep[];
  /** Segments dropped at the listener in all of it (SO_MEMINFO[8]): what the model has to come to. */
  readonly drops: number;
  /** Where nothing was dropped, the longest wait is what the model has to come to. */
  readonly longestWaitMs?: number | undefined;
  /** What may have been, the likeliest first. */
  readonly served: readonly Served[];
  /** Busy time of the loop per accepted connection, where no pace is known. */
  readonly serviceMs: number;
  readonly limit: number;
  readonly sysctl?: Sysctls | undefined;
}

export interface Remedy {
  readonly limit?: number | undefined;
  /** Never slower than `serviceMs`, and never still. */
  readonly withoutStalls?: boolean | undefined;
  readonly processes?: number | undefined;
}

export interface Predicted {
  /** Segments dropped at the listener. */
  readonly drops: number;
  /** Clients that had to repeat their SYN, or will have to. */
  readonly clientsDelayed: number;
  readonly ghosts: number;
  readonly peakAcceptQueue: number;
  readonly waitP95Ms: number | undefined;
  readonly waitMaxMs: number | undefined;
}

export type WhatIf =
  | { readonly withheld: string }
  | {
      /** The model's account of what did happen. */
      readonly asItWas: Predicted;
      with(remedy: Remedy): Predicted;
    };

/** A model that misses what happened by a larger part says nothing about what would have happened. */
const tolerance = 0.1;
/** Waits are known to half the time between two dumps of the queue. */
const waitErrorMs = 50;

/** What was not seen, as it may have been: how clients came, how they were served, where the kernel's tick lay. */
interface Hypothesis {
  readonly arrivals: readonly Arrival[];
  readonly served: Served;
  readonly seed: number;
}

const scenarioOf = (measured: Measured, { arrivals, served, seed }: Hypothesis, remedy: Remedy): AcceptScenario => {
  const { steps, serviceMs, sysctl = {} } = measured;
  const { withoutStalls = false, processes = 1, limit = measured.limit } = remedy;
  const { stalls, paces = [] } = withoutStalls ? { stalls: [] } : served;
  const startMs = steps[0]!.fromMs;
  const spanOf = (span: Span): { from: number; until: number } => ({
    from: Math.max(0, span.fromMs - startMs) / 1000,
    until: Math.max(0, span.untilMs - startMs) / 1000,
  });
  return {
    kind: "accept",
    listener: { backlog: limit },
    sysctl: { ...sysctl, somaxconn: limit },
    arrivals,
    accepts: {
      acceptsPerIteration: 1,
      serviceTime: serviceMs / 1000 / processes,
      pauses: stalls.map((stall) => ({ kind: "stopped", ...spanOf(stall) })),
      paces: paces.map((pace) => ({ ...spanOf(pace), serviceTime: pace.serviceMs / 1000 / processes })),
    },
    clients: { speakFirst: true },
    seed,
    until: (steps.at(-1)!.untilMs - startMs) / 1000,
  };
};

interface Account {
  readonly hypothesis: Hypothesis;
  readonly asItWas: Predicted;
  /** Part of what was observed. */
  readonly missedBy: number;
}

const milliseconds = (seconds: number | null): number | undefined =>
  seconds === null ? undefined : Math.round(seconds * 1000);

const wasDelayed = ({ synAttempts, outcome }: ConnectRecord): boolean => synAttempts > 1 || outcome === "pending";

const predictedOf = ({ listenerDrops, connects, ghosts, peakAcceptQueue, wait }: AcceptResult): Predicted => ({
  drops: listenerDrops,
  clientsDelayed: connects.filter(wasDelayed).length,
  ghosts,
  peakAcceptQueue,
  waitP95Ms: milliseconds(wait.p95),
  waitMaxMs: milliseconds(wait.max),
});

/** The first tick's phase, and the others that are tried with what comes nearest: where retries meet, it decides. */
const firstSeed = 1;
const otherSeeds = [2, 3, 4, 5, 6, 7, 8];
const mostNear = 4;
/** Hypotheses are tried for as long as all their arrivals together are so many times the most of one run. */
const mostTimes = 10;

const isSame = (some: readonly Arrival[], others: readonly Arrival[]): boolean =>
  some.length === others.length && some.every((one, i) => JSON.stringify(one) === JSON.stringify(others[i]));

/** Each once: in a short time several placings come to the same. */
const runsOf = (measured: Measured, came: readonly Came[]): readonly Hypothesis[] =>
  placings
    .map((place) => place(came))
    .filter((arrivals, i, all) => !all.slice(0, i).some((earlier) => isSame(earlier, arrivals)))
    .flatMap((arrivals) => measured.served.map((served) => ({ arrivals, served, seed: firstSeed })));

const missedBy = ({ drops, longestWaitMs }: Measured, asItWas: Predicted): number => {
  if (drops > 0 || longestWaitMs === undefined) return Math.abs(asItWas.drops - drops) / Math.max(1, drops);
  const missedMs = Math.abs((asItWas.waitMaxMs ?? 0) - longestWaitMs);
  return asItWas.drops > 0 ? 1 + asItWas.drops : Math.max(0, missedMs - waitErrorMs) / longestWaitMs;
};

const holds = (account: Account): boolean => account.missedBy <= tolerance;

const contradiction = ({ drops, longestWaitMs }: Measured, asItWas: Predicted): string =>
  drops > 0 || asItWas.drops > 0 || longestWaitMs === undefined
    ? `the model gives ${asItWas.drops} dropped segments where ${drops} were observed`
    : `the model's longest wait is ${asItWas.waitMaxMs ?? 0} ms where ${Math.round(longestWaitMs)} were observed`;

/** From the nearest to what was observed on; none is tried after one that holds. */
const tried = (measured: Measured, hypotheses: readonly Hypothesis[]): readonly Account[] => {
  const accounts: Account[] = [];
  for (const hypothesis of hypotheses) {
    const asItWas = predictedOf(runAccept(scenarioOf(measured, hypothesis, {})));
    const account = { hypothesis, asItWas, missedBy: missedBy(measured, asItWas) };
    accounts.push(account);
    if (holds(account)) break;
  }
  return accounts.toSorted((a, b) => a.missedBy - b.missedBy);
};

/** The likeliest account of what happened that comes to the drops; else the one that comes nearest to them. */
const accountOf = (measured: Measured, came: readonly Came[], mostRuns: number): Account => {
  const accounts = tried(measured, runsOf(measured, came).slice(0, mostRuns));
  const [nearest] = accounts;
  if (holds(nearest!)) return nearest!;
  const again = accounts
    .slice(0, mostNear)
    .flatMap(({ hypothesis }) => otherSeeds.map((seed) => ({ ...hypothesis, seed })))
    .slice(0, mostRuns - accounts.length);
  const [other] = tried(measured, again);
  return other && other.missedBy < nearest!.missedBy ? other : nearest!;
};

/** Clients that came, as far as it can be told from the steps. Times from the first step's beginning on. */
const cameIn = ({ steps, sysctl }: Measured): readonly Came[] => {
  const linear = sysctl?.tcp_syn_linear_timeouts ?? sysctlDefaults.tcp_syn_linear_timeouts;
  const retries = retriesMs(linear);
  const slices = steps.flatMap((step) => slicesOf(step, retries));
  const counts = newArrivals(slices, linear);
  const startMs = steps[0]!.fromMs;
  return slices.map(({ fromMs, untilMs }, index) => ({
    fromMs: fromMs - startMs,
    untilMs: untilMs - startMs,
    count: counts[index]!,
  }));
};

/**
 * Prepares what-ifs for what was measured, or says why there can be none. A run takes some microseconds an arrival,
 * and there are several: more than `mostArrivals` are not run.
 */
export function whatIf(measured: Measured, mostArrivals = 2000): WhatIf {
  if (measured.steps.length === 0) return { withheld: "nothing was measured" };
  const came = cameIn(measured);
  const total = came.reduce((sum, { count }) => sum + count, 0);
  if (total > mostArrivals) return { withheld: `${total} arrivals are too many to run again` };
  const account = accountOf(measured, came, Math.max(1, Math.floor((mostTimes * mostArrivals) / total)));
  const { asItWas, hypothesis } = account;
  if (!holds(account)) return { withheld: contradiction(measured, asItWas) };
  return { asItWas, with: (remedy) => predictedOf(runAccept(scenarioOf(measured, hypothesis, remedy))) };
}
