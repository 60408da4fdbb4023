// What is wrong with one listener, from one reading of it or two: who waits in its queue and for how long is in one
// reading; drops, and whether anybody was accepted, take two. Who keeps it from accepting takes an observer.
import type { ListenerReading } from "../snapshot/snapshot.js";
import { deltaU32 } from "./delta.js";
import type { AcceptCause, AcceptSymptom, Evidence, Finding, Severity } from "./finding.js";
import { count, duration, placeOf } from "./format.js";
import { subjectOf } from "./subject.js";
import { defaultThresholds, type Thresholds } from "./thresholds.js";
import { shorten } from "./wording.js";

/** One reading of a listener, and when it was taken. */
export interface ListenerLook {
  /** Monotonic ms: only differences mean anything. */
  readonly at: number;
  /** Epoch ms. */
  readonly time: number;
  readonly listener: ListenerReading;
}

export interface ExplainListenerOptions extends Partial<Thresholds> {
  /** Iterations of the loop that accepts for it, between the first look and the last. */
  readonly turns?: number | undefined;
}

interface Told {
  readonly symptom: AcceptSymptom;
  readonly severity: Severity;
  readonly confidence: number;
  readonly what: string;
}

const agesOf = ({ waiting }: ListenerReading): readonly number[] =>
  waiting?.connections.map(({ ageMs }) => ageMs).toSorted((a, b) => a - b) ?? [];

const percentile95 = (sorted: readonly number[]): number => sorted[Math.ceil(0.95 * sorted.length) - 1] ?? 0;

const goneOf = ({ waiting }: ListenerReading, { abandonedWaitMs }: Thresholds): number =>
  waiting?.connections.filter(({ state, ageMs }) => state === "CLOSE_WAIT" && ageMs >= abandonedWaitMs).length ?? 0;

/** The worst first; a queue is first in, first out, so who waits has seen how full it was since he came. */
const toldOf = (first: ListenerLook | undefined, last: ListenerLook, thresholds: Thresholds): Told | undefined => {
  const { listener, at } = last;
  const { length, limit } = listener;
  const ages = agesOf(listener);
  const drops = first && deltaU32(first.listener.drops, listener.drops);
  const since = first ? duration(at - first.at) : "";
  const gone = goneOf(listener, thresholds);
  const mark = thresholds.pressedShare * (limit + 1);
  const stood = ages.filter((age) => age >= thresholds.pressureMs).length;
  const full = `${length} of ${limit + 1}`;
  if (drops)
    return {
      symptom: "accept-queue-overflow",
      severity: "warning",
      confidence: 0.95,
      what: `dropped ${count(drops, "segment")} in ${since}, its accept queue holds ${full}`,
    };
  if (gone >= thresholds.abandonedPeers)
    return {
      symptom: "abandoned-in-queue",
      severity: "warning",
      confidence: 0.9,
      what: `has ${count(gone, "client")} in its accept queue that left before they were accepted`,
    };
  if (ages.length >= thresholds.waitConnections && percentile95(ages) >= thresholds.waitP95Ms)
    return {
      symptom: "accept-wait",
      severity: "warning",
      confidence: 0.9,
      what: `lets ${count(ages.length, "connection")} wait to be accepted, the longest for ${duration(ages.at(-1)!)}`,
    };
  if (length < mark) return undefined;
  const lasted = stood >= mark;
  return {
    symptom: "accept-queue-pressure",
    severity: lasted ? "warning" : "info",
    confidence: lasted ? 0.9 : 0.5,
    what: `has an accept queue that holds ${full}${lasted ? `, for ${duration(thresholds.pressureMs)} and more` : " now"}`,
  };
};

const headOf = (look: ListenerLook | undefined): bigint | undefined => {
  const waiting = look?.listener.waiting?.connections ?? [];
  const longest = Math.max(...waiting.map(({ ageMs }) => ageMs));
  return waiting.find(({ ageMs }) => ageMs === longest)?.cookie;
};

/** The same connection at the head although the loop turned: nobody calls accept. */
const causeOf = (
  first: ListenerLook | undefined,
  last: ListenerLook,
  turns: number | undefined,
  thresholds: Thresholds,
): AcceptCause => {
  const isSame = headOf(first) !== undefined && headOf(first) === headOf(last);
  return isSame && (turns ?? 0) >= thresholds.notAcceptingIterations ? "not-accepting" : "unknown";
};

const evidenceOf = (first: ListenerLook | undefined, { listener }: ListenerLook): readonly Evidence[] => {
  const { length, limit, synRecv, transport } = listener;
  const ages = agesOf(listener);
  const source = transport === "unix" ? "unix_diag" : "TCP_INFO";
  const drops = first && deltaU32(first.listener.drops, listener.drops);
  return [
    { name: "accept queue", value: length, unit: "connections", source },
    { name: "limit", value: limit, unit: "connections", source },
    ...(drops === undefined
      ? []
      : [{ name: "listener drops", value: drops, unit: "segments", source: "SO_MEMINFO[8]" }]),
    ...(ages.length > 0
      ? [{ name: "longest wait", value: ages.at(-1)!, unit: "ms", source: "tcpi_last_data_sent of those that wait" }]
      : []),
    ...(synRecv ? [{ name: "open handshakes", value: synRecv, unit: "connections", source: "sock_diag" }] : []),
  ];
};

const whyOf: Readonly<Partial<Record<AcceptCause, string>>> = {
  "not-accepting": "the event loop turns, and nobody accepts",
};

/** What these looks carry, the oldest first, all of one listener; `undefined`: nothing is wrong with it. */
export const explainListener = (
  looks: readonly ListenerLook[],
  options: ExplainListenerOptions = {},
): Finding | undefined => {
  const last = looks.at(-1);
  const first = looks.length > 1 ? looks[0] : undefined;
  const thresholds = { ...defaultThresholds, ...options };
  const told = last && toldOf(first, last, thresholds);
  if (!last || !told) return undefined;
  const { symptom, severity, confidence, what } = told;
  const cause = causeOf(first, last, options.turns, thresholds);
  const place = placeOf(last.listener);
  return {
    id: `explain-${last.listener.cookie}`,
    symptom,
    cause,
    severity,
    confidence: cause === "unknown" ? Math.min(confidence, 0.5) : confidence,
    state: "active",
    subject: subjectOf(last.listener),
    summary: shorten(`${place} ${what}: ${whyOf[cause] ?? "why takes more than a look at the queue"}.`),
    evidence: evidenceOf(first, last),
    ruledOut: [],
    remedy: [
      cause === "not-accepting"
        ? "Accept again: resume what stopped it, or close the listener so that clients are refused at once."
        : "Let the observer name the cause: node --import sockscope/register, or sockscope diagnose from outside.",
    ],
    firstSeen: (first ?? last).time,
    lastSeen: last.time,
  };
};
