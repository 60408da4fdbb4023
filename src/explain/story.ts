// Everything one accept-path finding is told from: sums, estimates, settings and the judgement.
import type { Counters, ListenerReading, StallCapture, Sysctls } from "../snapshot/snapshot.js";
import type { Account } from "./account.js";
import type { AcceptCause, RuledOut, Symptom } from "./finding.js";
import type { Waits } from "./symptoms/facts.js";
import type { Thresholds } from "./thresholds.js";

export interface Refused {
  /** The listener's own drop counter over the finding: segments. */
  readonly drops: number;
  /** Without what the kernel counts twice (third ACKs, deferred ACKs), where the counters allow it. */
  readonly corrected?: number | undefined;
  readonly clients: number;
  readonly worstDelayMs: number;
  readonly meanDelayMs: number;
}

export interface Story {
  readonly symptom: Symptom;
  readonly cause: AcceptCause;
  readonly because: string;
  readonly confidence: number;
  readonly ruledOut: readonly RuledOut[];
  readonly missing: readonly string[];
  readonly listener: ListenerReading;
  readonly outside: boolean;
  /** Time with a queue at least 3/4 full or dropping, and time with anybody waiting. */
  readonly pressed: Account;
  readonly held: Account;
  readonly longestPressedMs: number;
  readonly refused: Refused;
  readonly counters: Counters;
  readonly sysctl: Sysctls;
  readonly waits?: Waits | undefined;
  readonly oldestMs: number;
  /** Until the queue overflows, if it goes on filling as it does. */
  readonly fullInMs: number | undefined;
  readonly abandoned: number;
  readonly stall?: StallCapture | undefined;
  readonly fds?: { readonly open: number; readonly limit: number } | undefined;
  readonly thresholds: Thresholds;
}

/** The sums the cause was judged over. */
export const judgedOver = ({ symptom, pressed, held }: Story): Account =>
  symptom === "accept-queue-overflow" || symptom === "accept-queue-pressure" ? pressed : held;

/** Arrivals per second, let in or refused, an estimate; `undefined` over less time than says anything. */
export const arrivalsPerSecond = ({ held, refused }: Story): number | undefined =>
  held.ms < 200 ? undefined : ((held.admitted + refused.clients) / held.ms) * 1000;

export const acceptsPerSecond = ({ held }: Story): number | undefined =>
  held.ms < 200 ? undefined : (held.accepts / held.ms) * 1000;

/** Whether the long iteration was spent on a CPU, or asleep; waiting for a CPU that others had is neither.
 * `undefined` when it cannot be told. */
export const wasOnCpu = ({
  longestStallMs,
  longestStallCpuMs,
  longestStallWithheldMs = 0,
}: Account): boolean | undefined => {
  if (longestStallMs === 0 || longestStallCpuMs === undefined) return undefined;
  return longestStallCpuMs >= Math.max(0, longestStallMs - longestStallWithheldMs) * 0.4;
};
