// The shape of one cause's rule: the sums over the pressed time in, fits or not with the figure out.
import type { Account } from "../account.js";
import type { AcceptCause } from "../finding.js";
import type { LoopRun } from "../loop-run.js";
import type { Thresholds } from "../thresholds.js";

/** yes, no, not yet to be told (the loop stands since 90 ms), or never to be told from these readings. */
export type Fit = "yes" | "no" | "pending" | "unknown";

export interface Verdict {
  readonly fit: Fit;
  /** The figure that decided, as a clause: `nr_throttled did not move`. */
  readonly because: string;
  /** 0..1, of a yes. */
  readonly confidence?: number | undefined;
}

/** Looks without an accept: the same head of the queue while the loop turned or slept. */
export interface NoAccept {
  readonly iterations: number;
  readonly idleMs: number;
}

export interface Question {
  readonly account: Account;
  readonly run: LoopRun;
  readonly noAccept: NoAccept;
  /** The queue has room again and the loop has turned: no more evidence will come. */
  readonly over: boolean;
  /** The loop turned or slept in the last step. */
  readonly moving: boolean;
  /** Judged over a full queue (drops, pressure), or over people waiting in one that had room. */
  readonly about: "full" | "wait";
  readonly outside: boolean;
  readonly loopSeen: boolean;
  readonly limit: number;
  readonly listenBacklog?: number | undefined;
  readonly somaxconn?: number | undefined;
  readonly thresholds: Thresholds;
}

export interface CauseRule {
  readonly cause: AcceptCause;
  readonly judge: (question: Question) => Verdict;
}

export const yes = (confidence: number, because: string): Verdict => ({ fit: "yes", because, confidence });
export const no = (because: string): Verdict => ({ fit: "no", because });
export const pending = (because: string): Verdict => ({ fit: "pending", because });
export const unknown = (because: string): Verdict => ({ fit: "unknown", because });

/** Whether an amount of time is the main part of the time judged, and more than what comes and goes. */
export const mainFit = (ms: number, atLeastMs: number, { account, thresholds, over }: Question): Fit => {
  if (ms <= 0 || ms < thresholds.mainShare * account.ms) return "no";
  if (ms >= atLeastMs) return "yes";
  return over ? "no" : "pending";
};
