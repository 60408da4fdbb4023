// The accept causes in the contract's order, and the choice among them.
import type { AcceptCause, RuledOut } from "../finding.js";
import { backlogClamped, backlogTooSmall } from "./backlog.js";
import { cpuStarved } from "./cpu-starved.js";
import { cpuThrottled } from "./cpu-throttled.js";
import { eventLoopBlocked } from "./event-loop-blocked.js";
import { eventLoopSaturated } from "./event-loop-saturated.js";
import { notAccepting } from "./not-accepting.js";
import { processStopped } from "./process-stopped.js";
import type { CauseRule, Question, Verdict } from "./rule.js";

// fd-exhausted goes only with connections-shed, cluster-queue is no kernel queue: symptoms/ has both.
const rules: readonly CauseRule[] = [
  processStopped,
  cpuThrottled,
  cpuStarved,
  eventLoopBlocked,
  notAccepting,
  eventLoopSaturated,
  backlogClamped,
  backlogTooSmall,
];

export interface Judgement {
  /** `undefined`: not to be told yet. */
  readonly cause: AcceptCause | undefined;
  readonly confidence: number;
  /** The clause of the cause that fits. */
  readonly because: string;
  readonly ruledOut: readonly RuledOut[];
  /** What could not be told, or not yet. */
  readonly missing: readonly string[];
}

/** A cause that could not be tested makes the one found less sure. */
const untested = 0.05;

/** The first cause that fits; while an earlier one may still turn out to fit, none. */
export const judge = (question: Question): Judgement => {
  const verdicts = rules.map(({ cause, judge: ask }) => ({ cause, verdict: ask(question) }));
  const index = verdicts.findIndex(({ verdict }) => verdict.fit === "yes");
  const earlier = (index < 0 ? verdicts : verdicts.slice(0, index)).map(({ verdict }) => verdict);
  const of = (fit: Verdict["fit"]): typeof verdicts => verdicts.filter(({ verdict }) => verdict.fit === fit);
  const open = !question.over && earlier.some(({ fit }) => fit === "pending");
  const found = index < 0 ? undefined : verdicts[index];
  const unknowns = earlier.filter(({ fit }) => fit === "unknown").length;
  const ruledOut = of("no").map(({ cause, verdict }) => ({ cause, because: verdict.because }));
  const missing = [...new Set(earlier.filter(({ fit }) => fit !== "no").map(({ because }) => because))];
  if (open) return { cause: undefined, confidence: 0.3, because: "", ruledOut, missing };
  if (!found) return { cause: "unknown", confidence: 0.4, because: "", ruledOut, missing };
  // Another cause that fits as well stays visible: it is told with its figure, as less than the first.
  const second = verdicts
    .slice(index + 1)
    .filter(({ cause, verdict }) => verdict.fit === "yes" && !cause.startsWith("backlog"))
    .map(({ cause, verdict }) => ({ cause, because: `fits too, ${found.cause} comes first: ${verdict.because}` }));
  return {
    cause: found.cause,
    confidence: Math.max(0.3, (found.verdict.confidence ?? 0.5) - untested * unknowns),
    because: found.verdict.because,
    ruledOut: [...ruledOut, ...second],
    missing,
  };
};
