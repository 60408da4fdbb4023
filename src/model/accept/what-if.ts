// What would have happened with another limit, without the stall, with more processes: the model run again with what
// was measured. Where it cannot reproduce what did happen, nothing is predicted.
import type { Sysctls } from "../../snapshot/snapshot.js";
import { type ArrivalStep, newArrivals } from "./new-arrivals.js";
import type { AcceptResult, AcceptScenario, Arrival, ConnectRecord } from "./scenario.js";
import { runAccept } from "./run.js";
import { sysctlDefaults } from "../sysctl.js";

/** What was measured at a listener over a stretch of time. Times in ms, on one clock. */
export interface Measured {
  readonly steps: readonly ArrivalStep[];
  /** Segments dropped at the listener in all of it (SO_MEMINFO[8]): what the model has to come to. */
  readonly drops: number;
  /** When nothing was accepted, whatever the reason. */
  readonly stalls: readonly { readonly fromMs: number; readonly untilMs: number }[];
  /** Busy time of the loop per accepted connection. */
  readonly serviceMs: number;
  readonly limit: number;
  readonly sysctl?: Sysctls | undefined;
}

export interface Remedy {
  readonly limit?: number | undefined;
  readonly withoutStalls?: boolean | undefined;
  readonly processes?: number | undefined;
  /** What an accepted connection would cost. */
  readonly serviceMs?: number | undefined;
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

/** A model that misses what happened by more says nothing about what would have happened. */
const tolerance = 0.1;
type Placing = (step: ArrivalStep, count: number, fromMs: number) => Arrival;

/** How a step's clients came is not seen: evenly, or all at once. The first that reproduces the drops is taken. */
const placings: readonly Placing[] = [
  ({ fromMs, untilMs }, count, startMs) => ({
    from: (fromMs - startMs) / 1000,
    until: (untilMs - startMs) / 1000 + 1e-9,
    rate: count / Math.max(0.001, (untilMs - fromMs) / 1000),
  }),
  ({ untilMs }, count, startMs) => ({ at: (untilMs - startMs) / 1000, count }),
  ({ fromMs }, count, startMs) => ({ at: (fromMs - startMs) / 1000, count }),
];

const scenarioOf = (measured: Measured, arrivals: readonly Arrival[], remedy: Remedy): AcceptScenario => {
  const { steps, stalls, sysctl = {} } = measured;
  const serviceMs = remedy.serviceMs ?? measured.serviceMs;
  const startMs = steps[0]!.fromMs;
  const limit = remedy.limit ?? measured.limit;
  const pauses = stalls.map(({ fromMs, untilMs }) => ({
    kind: "stopped" as const,
    from: Math.max(0, fromMs - startMs) / 1000,
    until: Math.max(0, untilMs - startMs) / 1000,
  }));
  return {
    kind: "accept",
    listener: { backlog: limit },
    sysctl: { ...sysctl, somaxconn: limit },
    arrivals,
    accepts: {
      acceptsPerIteration: 1,
      serviceTime: serviceMs / 1000 / (remedy.processes ?? 1),
      pauses: remedy.withoutStalls ? [] : pauses,
    },
    clients: { speakFirst: true },
    until: (steps.at(-1)!.untilMs - startMs) / 1000,
  };
};

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

/**
 * Prepares what-ifs for what was measured, or says why there can be none. A run takes some microseconds an arrival,
 * and there are several: more than `mostArrivals` are not run.
 */
export function whatIf(measured: Measured, mostArrivals = 2000): WhatIf {
  const { steps, sysctl, drops: observed } = measured;
  if (steps.length === 0) return { withheld: "nothing was measured" };
  const linear = sysctl?.tcp_syn_linear_timeouts ?? sysctlDefaults.tcp_syn_linear_timeouts;
  const counts = newArrivals(steps, linear);
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total > mostArrivals) return { withheld: `${total} arrivals are too many to run again` };
  let nearest: number | undefined;
  for (const place of placings) {
    const arrivals = steps.flatMap((step, index) => {
      const count = counts[index]!;
      return count > 0 ? [place(step, count, steps[0]!.fromMs)] : [];
    });
    const run = (remedy: Remedy): Predicted => predictedOf(runAccept(scenarioOf(measured, arrivals, remedy)));
    const asItWas = run({});
    if (Math.abs(asItWas.drops - observed) <= tolerance * observed) return { asItWas, with: run };
    if (nearest === undefined || Math.abs(asItWas.drops - observed) < Math.abs(nearest - observed))
      nearest = asItWas.drops;
  }
  return { withheld: `the model gives ${nearest} dropped segments where ${observed} were observed` };
}
