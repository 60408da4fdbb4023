// The observer's life: looks at its own pace, has each look explained, and says what was found: to the log at once,
// to the board every interval and at each finding, to the main thread where somebody listens.
import type { Finding } from "../explain/finding.js";
import { createExplainer } from "../explain/explainer.js";
import type { LogWriter } from "../export/log.js";
import type { Metrics } from "../export/metrics/metrics.js";
import type { Redactor } from "../export/redact.js";
import type { Seen } from "../export/frame/frames.js";
import type { Sample } from "../export/sample.js";
import { sampleMessage } from "../export/sample-message.js";
import type { Snapshot } from "../snapshot/snapshot.js";
import { writeBoard } from "./shown/board.js";
import { createAsking } from "./connections/asking.js";
import { createSamplingNotice } from "./connections/sampling.js";
import type { Looker } from "./look.js";
import { type NodeAnswer, type ObserverOptions, type Report, wants } from "./messages.js";
import { createPace, fastMs, followMs, heldMs } from "./pace.js";
import { createSampleLines } from "./sample-lines.js";
import type { ShownFindings } from "./shown/shown-findings.js";
import { stillMs } from "./stillness.js";
import { toldSnapshot } from "./shown/told-snapshot.js";
import type { StallStacks } from "./stacks/stall-stacks.js";
import type { Viewers } from "./shown/viewers.js";

export interface WatchParts {
  readonly options: ObserverOptions;
  readonly looker: Looker;
  readonly stacks: StallStacks | undefined;
  readonly log: LogWriter;
  readonly redact: Redactor;
  readonly viewers: Viewers;
  readonly metrics: Metrics;
  readonly findings: ShownFindings;
  readonly board: SharedArrayBuffer;
  /** The application holds an agent, which can read the board. */
  readonly isHeld: () => boolean;
  readonly wants: SharedArrayBuffer;
  /** Never fast: where the watch runs in the application's own thread. */
  readonly slow: boolean;
  readonly report: (report: Report) => void;
  readonly now: () => number;
}

export interface Watch {
  /** Looks now instead of when it is due, or as soon as the fast pace allows. */
  wake(): void;
  /** What the main thread said of sockets that it was asked about. */
  answered(answers: readonly NodeAnswer[], tookMs: number): void;
  stop(): void;
}

/** A look this much before the interval's end counts for it. */
const intervalSlackMs = 5;
/** The part of an interval that a symptom may wait for its cause. */
const undecidedShare = 0.9;
/** A look that took so long was cut in two by a stop; what waits for a CPU, or reads much, takes less. */
const cutMs = 500;
/** A look that begins so little after it was due is on time: timers count whole milliseconds. */
const onTimeMs = 3;
/** A look that takes long makes looks rarer: three quarters of the time between two are left to others. */
const leastRestShare = 0.75;

export const startWatch = (parts: WatchParts): Watch => {
  const { options, looker, stacks, log, redact, viewers, metrics, findings, now } = parts;
  const { intervalMs } = options;
  // A finding begins within one interval of its first evidence, whatever the interval.
  const undecidedMs = Math.min(options.thresholds.undecidedMs, undecidedShare * intervalMs);
  const explainer = createExplainer({ ...options.thresholds, undecidedMs, mute: options.mute });
  let attention = explainer.attention();
  const pace = createPace(options);
  const wanted = new Int32Array(parts.wants);
  let timer: NodeJS.Timeout | undefined;
  let due = now();
  /** When the latest look began, or when it ended if it was held up: what comes between it and the next is lateness. */
  let begunAt = due;
  const asking = createAsking(looker.fdOf, (sockets) => parts.report({ type: "ask", sockets }));
  const noticeOf = createSamplingNotice();
  let followedAt = Number.NEGATIVE_INFINITY;
  let intervalAt = Number.NEGATIVE_INFINITY;
  let failures = 0;
  /** Between two glances of a rest. */
  let restMs = 0;

  const tell = (finding: Finding, at: number): void => {
    const told = redact.finding(finding);
    findings.add(told, at);
    log.finding(told);
    viewers.finding(told);
    metrics.finding(told);
    if (Atomics.load(wanted, wants.findings) > 0) parts.report({ type: "finding", finding: told });
  };
  const tellLine = (line: Sample): void => {
    log.sample(line);
    if (Atomics.load(wanted, wants.sampleLines) > 0)
      parts.report({ type: "sample-line", sample: line, message: sampleMessage(line) });
  };
  const lines = options.logLevel === "sample" ? createSampleLines(tellLine) : undefined;
  const see = (seen: Seen): void => {
    viewers.look(seen);
    metrics.look(seen);
    lines?.look(seen);
  };
  /** `told`: the same, as it is handed out. */
  const sample = (snapshot: Snapshot, told: Snapshot): void => {
    lines?.interval(snapshot);
    if (Atomics.load(wanted, wants.samples) > 0) parts.report({ type: "sample", snapshot: told });
    viewers.interval(snapshot, findings.list(snapshot.at));
    metrics.interval(snapshot);
    const notice = snapshot.connections && noticeOf(snapshot.connections);
    if (notice !== undefined) parts.report({ type: "status", status: { state: "running", reason: notice } });
  };
  /** A process that is stopped in the middle of a look has readings of after the stop in a snapshot of before it. */
  const whole = (snapshot: Snapshot, at: number): Snapshot => {
    const endedAt = now();
    if (endedAt - at < cutMs) return snapshot;
    const late = looker.late(snapshot, endedAt, endedAt - due);
    begunAt = endedAt;
    return late;
  };
  const endRest = (): void => {
    for (const glance of looker.rested()) {
      see(glance);
      due = glance.at + restMs;
    }
  };
  const look = (): number => {
    endRest();
    let at = now();
    begunAt = at;
    const interval = at - intervalAt >= intervalMs - intervalSlackMs;
    const close = pace.fast && !parts.slow;
    const { counters, synRecv, sockets: followed } = attention;
    const follow = followed.length > 0 && !parts.slow && at - followedAt >= followMs - intervalSlackMs;
    const stalls = stacks?.take() ?? [];
    const isCalm = !interval && !close && !counters && !synRecv && !follow && stalls.length === 0;
    const quiet = isCalm && at - due < heldMs;
    const glanced = quiet ? looker.glance(at) : undefined;
    const wasHeld = now() - at >= heldMs;
    if (glanced && looker.seen) see(looker.seen);
    if (glanced && !wasHeld) return pace.next(glanced, { pressed: false, followed: followed.length > 0 });
    if (wasHeld) at = now();
    // Where a glance did not do, everything is read: what explains the trouble it showed, and figures from before it.
    const closely = close || (quiet && !parts.slow);
    const lateMs = at - due;
    const request = { at, lateMs, interval, close: closely, counters, synRecv, stalls, followed, follow };
    const { before, snapshot: looked, signs } = looker.look(request);
    const snapshot = whole(looked, at);
    see(snapshot);
    const changed = [...(before ? explainer.observe(before) : []), ...explainer.observe(snapshot)];
    attention = explainer.attention();
    if (interval || follow) followedAt = at;
    asking.consider(at, attention.ask);
    for (const finding of changed) tell(finding, at);
    stacks?.consider(at, snapshot.loops, snapshot.listeners, snapshot.connections);
    if (interval || changed.length > 0) {
      const told = toldSnapshot(snapshot, redact);
      if (interval) {
        intervalAt = at;
        sample(snapshot, told);
        const forMs = looker.wantsConnects(snapshot);
        if (forMs !== undefined) parts.report({ type: "listen-connects", forMs });
      }
      // Where nobody holds an agent, what is active is for `explain()`, and for whoever tells of this thread's death.
      if (parts.isHeld()) writeBoard(parts.board, { snapshot: told, findings: findings.list(at) });
      else if (changed.length > 0) writeBoard(parts.board, { findings: findings.active });
    }
    return parts.slow
      ? intervalMs
      : pace.next(signs, {
          pressed: attention.pressed.length > 0,
          followed: attention.sockets.length > 0,
        });
  };
  const fail = (error: unknown): number => {
    failures += 1;
    metrics.failed("look");
    // One that persists would fill the log: said once, then the thread is given up (and started anew from outside).
    if (failures === 1) parts.report({ type: "status", status: { state: "degraded", reason: String(error) } });
    if (failures >= failuresAtMost) throw error;
    return intervalMs;
  };
  /** Only while nothing but time has to pass until the next interval. */
  const canRest = (): boolean => {
    const { counters, synRecv, sockets } = attention;
    return !parts.slow && !pace.fast && !counters && !synRecv && sockets.length === 0;
  };
  /** What an interval brings is shown to nobody, and nothing found goes on. */
  const isUnseen = (): boolean => {
    const isSampled = lines !== undefined || Atomics.load(wanted, wants.samples) > 0;
    return (
      !isSampled && !viewers.isWatched && !parts.isHeld() && options.http === "off" && findings.active.length === 0
    );
  };
  const turn = (): void => {
    let delay: number;
    try {
      delay = look();
      failures = 0;
    } catch (error) {
      delay = fail(error);
    }
    // From when the look was due, so that looks keep their pace whatever each takes; from its beginning where it was held
    // up: a stop that falls into it, after its readings, shows as lateness of the next.
    due = (begunAt - due < onTimeMs ? due : begunAt) + delay;
    restMs = delay;
    const untilAt = intervalAt + intervalMs - intervalSlackMs;
    const longer = isUnseen() ? { intervalMs, untilAt: intervalAt + stillMs - intervalSlackMs } : undefined;
    if (canRest() && looker.rest({ begunAt, everyMs: delay, untilAt }, longer)) return;
    timer = setTimeout(turn, Math.max(due - now(), leastRestShare * delay));
    if (parts.slow) timer.unref();
  };
  turn();
  return {
    answered(answers, tookMs) {
      asking.answered();
      looker.answered(answers, tookMs);
    },
    wake() {
      // A storm of listens is no storm of looks.
      const delay = Math.max(0, begunAt + fastMs - now());
      due = Math.min(due, now() + delay);
      clearTimeout(timer);
      if (delay === 0) turn();
      else timer = setTimeout(turn, delay);
    },
    stop: () => clearTimeout(timer),
  };
};

const failuresAtMost = 10;
