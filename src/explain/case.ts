// One finding on a listener's accept path in the making: a cause, and the disturbances that it explains.
import type { Counters, ListenerReading, StallCapture, Sysctls } from "../snapshot/snapshot.js";
import { type Account, emptyAccount, join } from "./account.js";
import type { Judgement } from "./causes/index.js";
import type { Disturbance } from "./disturbance.js";
import type { AcceptCause, Severity, Symptom } from "./finding.js";
import type { History } from "./history.js";
import type { Draft, Face } from "./lifecycle.js";
import type { Refused, Story } from "./story.js";
import { evidenceOf } from "./evidence.js";
import { type Prediction, predictionOf } from "./prediction.js";
import { backlogNeeded, processesNeeded, remedyOf } from "./remedy.js";
import { subjectOf } from "./subject.js";
import type { Waits } from "./symptoms/facts.js";
import { rungOf } from "./symptoms/ladder.js";
import type { Thresholds } from "./thresholds.js";
import { summaryOf } from "./wording.js";

export interface Case {
  readonly key: string;
  readonly since: number;
  readonly openedAt: number;
  cause: AcceptCause;
  symptom: Symptom;
  judgement: Judgement;
  /** Sums of the disturbances that are over. */
  pressed: Account;
  held: Account;
  longestPressedMs: number;
  /** The disturbance that is not over, when this finding explains it. */
  current?: Disturbance | undefined;
  /** How many disturbances it has explained. */
  disturbances: number;
  waits?: Waits | undefined;
  abandoned: number;
  /** How long the peers that were gone had waited at the least, where that is known. */
  patienceMs?: number | undefined;
  stall?: StallCapture | undefined;
  /** Counters just before it began, and the clients refused before it. */
  readonly base?: Counters | undefined;
  readonly clientsBefore: number;
  /** Drops counted twice, as of the last reading of the counters. */
  countedTwice: number;
  firstDropAt?: number | undefined;
  lastDropAt?: number | undefined;
  /** What the model said last, and of which history. */
  predicted?: { readonly history: History; readonly prediction: Prediction | undefined } | undefined;
}

/** What the story needs beside the case: the listener and its surroundings as they are now. */
export interface Scene {
  readonly listener: ListenerReading;
  readonly outside: boolean;
  readonly counters: Counters;
  readonly sysctl: Sysctls;
  readonly clients: Omit<Refused, "drops" | "corrected">;
  readonly oldestMs: number;
  /** Until the queue overflows, if it goes on filling as it does. */
  readonly fullInMs: Story["fullInMs"];
  readonly fds?: Story["fds"];
  readonly thresholds: Thresholds;
}

export const pressedOf = (one: Case): Account => (one.current ? join(one.pressed, one.current.pressed) : one.pressed);
export const heldOf = (one: Case): Account => (one.current ? join(one.held, one.current.held) : one.held);

/** A new case; its symptom and cause as first judged. */
export const openCase = (
  parts: Pick<Case, "key" | "since" | "openedAt" | "cause" | "symptom" | "judgement" | "base" | "clientsBefore">,
): Case => ({
  ...parts,
  pressed: emptyAccount,
  held: emptyAccount,
  longestPressedMs: 0,
  disturbances: 0,
  abandoned: 0,
  countedTwice: 0,
});

/** The disturbance is over: its sums stay. */
export const closeDisturbance = (one: Case): void => {
  if (!one.current) return;
  one.pressed = pressedOf(one);
  one.held = heldOf(one);
  one.longestPressedMs = Math.max(one.longestPressedMs, one.current.longestPressedMs);
  one.current = undefined;
};

/** A symptom only rises. */
export const raise = (one: Case, symptom: Symptom): void => {
  if (rungOf(symptom) < rungOf(one.symptom)) one.symptom = symptom;
};

const severityOf = (one: Case, clients: number, { thresholds }: Scene): Severity => {
  const hurt = Math.max(clients, one.abandoned);
  const grave = hurt >= thresholds.criticalClients || pressedOf(one).pressedMs >= thresholds.criticalMs;
  return one.symptom !== "accept-queue-pressure" && grave ? "critical" : "warning";
};

/** Everything the finding is told from. */
export const storyOf = (one: Case, scene: Scene): Story => {
  const pressed = pressedOf(one);
  const { drops } = pressed;
  // Counters that were read before the drops they count correct nothing.
  const corrected = one.base && drops > one.countedTwice ? drops - one.countedTwice : undefined;
  return {
    symptom: one.symptom,
    cause: one.cause,
    because: one.judgement.because,
    confidence: one.judgement.confidence,
    ruledOut: one.judgement.ruledOut,
    missing: one.judgement.missing,
    listener: scene.listener,
    outside: scene.outside,
    pressed,
    held: heldOf(one),
    longestPressedMs: Math.max(one.longestPressedMs, one.current?.longestPressedMs ?? 0),
    refused: { ...scene.clients, drops, corrected },
    counters: scene.counters,
    sysctl: scene.sysctl,
    waits: one.waits,
    oldestMs: scene.oldestMs,
    fullInMs: scene.fullInMs,
    abandoned: one.abandoned,
    stall: one.stall,
    fds: scene.fds,
    thresholds: scene.thresholds,
  };
};

/** A stack that is only "called from" carries less. */
const calledFrom = 0.9;

/** What can be told of the case now. */
export const draftOf = (one: Case, scene: Scene): Draft => {
  const story = storyOf(one, scene);
  const frames = one.cause === "event-loop-blocked" ? (one.stall?.frames ?? []) : [];
  const sure = frames.length > 0 && one.stall?.exact === false ? story.confidence * calledFrom : story.confidence;
  return {
    symptom: one.symptom,
    cause: one.cause,
    severity: severityOf(one, story.refused.clients, scene),
    confidence: Math.round(sure * 100) / 100,
    subject: subjectOf(scene.listener),
    summary: summaryOf(story),
    evidence: evidenceOf(story),
    ruledOut: story.ruledOut,
    ...(frames.length > 0 ? { stack: frames } : {}),
    remedy: remedyOf(story),
  };
};

/** A run costs some microseconds an arrival, of the observer's time: while the fault goes on, that time is dear. */
const mostArrivals = { ongoing: 500, settled: 2000 };

/** What the model says of the remedy; asked once a history. */
export const predicted = (one: Case, scene: Scene, history: History): Pick<Draft, "prediction"> => {
  if (one.predicted?.history !== history) {
    const story = storyOf(one, scene);
    const { cause } = one;
    const { listener, sysctl } = scene;
    const needed = { backlogNeeded: backlogNeeded(story), processesNeeded: processesNeeded(story) };
    const most = one.current ? mostArrivals.ongoing : mostArrivals.settled;
    const { symptom, waits, abandoned, patienceMs } = one;
    const waited = { symptom, waits, abandoned, patienceMs, isOver: one.current === undefined };
    const measured = { cause, limit: listener.limit, history, sysctl, waited };
    const prediction = predictionOf({ ...measured, ...needed, mostArrivals: most });
    one.predicted = { history, prediction };
  }
  const { prediction } = one.predicted;
  return prediction ? { prediction } : {};
};

/** What decides whether a change is worth telling. */
export const faceOf = (one: Case, scene: Scene): Face => ({
  symptom: one.symptom,
  cause: one.cause,
  severity: severityOf(one, scene.clients.clients, scene),
  stack: one.cause === "event-loop-blocked" && (one.stall?.frames.length ?? 0) > 0,
  toll: pressedOf(one).drops + one.abandoned,
});

/** SYNs are repeated after ever longer gaps: the longer drops have recurred, the longer the next may take. */
export const quietMsOf = ({ firstDropAt, lastDropAt }: Case, thresholds: Thresholds): number => {
  if (firstDropAt === undefined || lastDropAt === undefined) return thresholds.resolvePressureMs;
  const recurredMs = lastDropAt - firstDropAt;
  return Math.max(thresholds.resolveMs, Math.min(thresholds.resolveMaxMs, recurredMs * 0.9));
};
