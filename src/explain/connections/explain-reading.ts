// What is wrong with one socket, from one reading of it or a few: the rules of the observer, without an observer. One
// reading carries what the kernel's own clocks and timers tell; what moves needs two.
import type { ConnectionReading, ConnectionsReading } from "../../snapshot/connection.js";
import type { Counters, ListenerReading } from "../../snapshot/snapshot.js";
import type { Finding } from "../finding.js";
import { defaultThresholds, type Thresholds } from "../thresholds.js";
import { draftOfOne, severities } from "./groups.js";
import { socketRules } from "./index.js";
import { type AroundSocket, type Followed, judge, verdictName } from "./judge.js";
import type { LoopState } from "./loops.js";
import type { Verdict } from "./rule.js";
import { beginWatch, foldWatch } from "./socket-watch.js";

/** One reading of a socket, and when it was taken. */
export interface SocketLook {
  /** Monotonic ms: only differences mean anything. */
  readonly at: number;
  /** Epoch ms. */
  readonly time: number;
  readonly reading: ConnectionReading;
}

/** What else is known; all of it may be left out. */
export interface ExplainReadingOptions extends Partial<Thresholds> {
  /** Looked at from another process. */
  readonly outside?: boolean | undefined;
  /** tcp_retries2, peers, counts by state. */
  readonly look?: Partial<ConnectionsReading> | undefined;
  /** Listeners of the process that holds it. */
  readonly listeners?: readonly ListenerReading[] | undefined;
  /** The event loop that serves it, as of the last look. */
  readonly loop?: LoopState | undefined;
  /** What the network namespace's counters grew by between the first look and the last. */
  readonly moved?: Counters | undefined;
}

/** A verdict that has not held for long is no alarm, but it answers the question. */
const youngConfidence = 0.8;
const answerOf = (verdict: Verdict): Verdict =>
  verdict.isYoung ? { ...verdict, severity: "info", confidence: youngConfidence * verdict.confidence } : verdict;

const isWorse = (a: Verdict, b: Verdict): boolean =>
  severities.indexOf(a.severity) > severities.indexOf(b.severity) ||
  (a.severity === b.severity && a.confidence > b.confidence);

const thresholdsOf = (options: ExplainReadingOptions): Thresholds => {
  const given = Object.entries(options).filter(([name, value]) => name in defaultThresholds && value !== undefined);
  return { ...defaultThresholds, ...Object.fromEntries(given) };
};

interface Told {
  readonly at: number;
  readonly verdicts: readonly Verdict[];
}

/** What limits a transfer holds for seconds, and a single look may fall between: it is what most of these looks say. */
const settledMs = 1000;
const fewestLooks = 4;

const settled = (told: readonly Told[]): readonly Verdict[] => {
  const last = told.at(-1)!;
  const recent = told.filter(({ at }) => last.at - at < settledMs);
  if (recent.length < fewestLooks) return last.verdicts;
  const limits = new Map<string, Verdict[]>();
  for (const { verdicts } of recent)
    for (const verdict of verdicts)
      if (verdict.symptom === "throughput-limited")
        limits.set(verdictName(verdict), [...(limits.get(verdictName(verdict)) ?? []), verdict]);
  return [
    ...last.verdicts.filter(({ symptom }) => symptom !== "throughput-limited"),
    ...[...limits.values()].flatMap((of) => (2 * of.length > recent.length ? usual(of) : [])),
  ];
};

/** The last of those with the severity that most of them have. */
const usual = (of: readonly Verdict[]): Verdict => {
  const grades = of.map(({ severity }) => severities.indexOf(severity)).toSorted((a, b) => a - b);
  const grade = severities[grades[Math.floor(grades.length / 2)]!];
  return of.findLast(({ severity }) => severity === grade)!;
};

const follow = (looks: readonly SocketLook[], around: AroundSocket): readonly [Followed, readonly Verdict[]] => {
  const [first, ...later] = looks;
  const followed: Followed = { watch: beginWatch(first!.reading, first!.at), held: new Map() };
  const told: Told[] = [{ at: first!.at, verdicts: judge(followed, around, socketRules) }];
  for (const { reading, at } of later) {
    followed.watch = foldWatch(followed.watch, reading, at);
    told.push({ at, verdicts: judge(followed, around, socketRules) });
  }
  return [followed, settled(told)];
};

/**
 * The worst that these looks carry, `undefined` where nothing is wrong. `looks`: readings of one socket (one cookie),
 * the oldest first; those of another are left out. With two that lie a second or more apart, what moved counts too.
 */
export const explainReading = (
  looks: readonly SocketLook[],
  options: ExplainReadingOptions = {},
): Finding | undefined => {
  const last = looks.at(-1);
  const same = looks.filter(({ reading }) => reading.cookie === last?.reading.cookie);
  const [first] = same;
  if (!last || !first) return undefined;
  const thresholds = thresholdsOf(options);
  const look = { rows: [last.reading], counts: {}, read: 1, total: 1, ...options.look };
  const { listeners = [], moved = {}, outside = false, loop } = options;
  const around = { look, listeners, loop, moved, outside, isAsked: true, watchedMs: last.at - first.at, thresholds };
  const [followed, verdicts] = follow(same, around);
  const verdict = verdicts
    .map(answerOf)
    .reduce<Verdict | undefined>((worst, one) => (worst && !isWorse(one, worst) ? worst : one), undefined);
  if (!verdict) return undefined;
  const { role, localPort } = last.reading;
  const isServer = role ? role === "server" : listeners.some(({ port }) => port === localPort);
  const heldMs = last.at - (followed.held.get(verdictName(verdict)) ?? last.at);
  return {
    id: `explain-${last.reading.cookie}`,
    ...draftOfOne({ verdict, reading: followed.watch.last, isServer }, thresholds),
    state: "active",
    firstSeen: last.time - Math.round(heldMs),
    lastSeen: last.time,
  };
};
