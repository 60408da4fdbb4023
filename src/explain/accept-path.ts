// One listener's accept path: its readings in, its findings into the lifecycle.
import type { ListenerReading, LoopReading, StallCapture } from "../snapshot/snapshot.js";
import { assess, recount, report } from "./assess.js";
import { draftOf, storyOf } from "./case.js";
import { createClients } from "./clients.js";
import type { Subject } from "./finding.js";
import type { Draft, Lifecycle } from "./lifecycle.js";
import { foldHistory, noHistory } from "./history.js";
import { linearTimeouts } from "./netns.js";
import { type PathMoment, type PathState, sceneOf } from "./path-state.js";
import { subjectOf } from "./subject.js";
import { createWatch, foldWatch, isOver, type Watch } from "./watch.js";
import { reasonOf } from "./wording.js";

/** A stack that arrives this late still belongs to the finding. */
const lateStackMs = 2000;

/** Why a listener's accept queue is in trouble, for a symptom that comes with it. */
export interface Explanation extends Pick<Draft, "cause" | "confidence" | "ruledOut" | "remedy" | "stack"> {
  readonly because: string;
  /** The finding it belongs to. */
  readonly of: string;
}

/** The listener's loop in the snapshot before, and now. */
export interface Loops {
  readonly before: LoopReading | undefined;
  readonly after: LoopReading | undefined;
}

export interface AcceptPath {
  readonly watch: Watch;
  /** Folds the listener's next reading in and reports. */
  observe(after: ListenerReading, loops: Loops, moment: PathMoment): void;
  /** A look at what blocked the loop that accepts here. */
  stalled(capture: StallCapture, at: number): void;
  /** The listener is gone. */
  close(): void;
  /** The present or latest finding on this listener: the cause of what stands beside it. */
  explanation(): Explanation | undefined;
  subject(): Subject;
  /** Somebody waits, or a finding has not ended. */
  readonly troubled: boolean;
  /** A finding with drops has not ended. */
  readonly overflowing: boolean;
  /** Moves of the drop counter since the network namespace's counters were last read before this snapshot. */
  readonly droppedSinceCounters: number;
  /** OutRsts as last read while the listener was there. */
  readonly outRstsWhileThere?: number | undefined;
}

/** Before a disturbance: the base that its toll is counted from. */
const rebase = (state: PathState): void => {
  const { watch, cases, moment } = state;
  if (watch.disturbance) return;
  if (cases.length === 0 && watch.clients.outside === 0) watch.clients = createClients(linearTimeouts(moment.netns));
  state.base = moment.netns.before;
  state.clientsBefore = watch.clients.total;
};

const explanationOf = (state: PathState): Explanation | undefined => {
  const one = state.current ?? state.cases.at(-1);
  if (!one) return undefined;
  const scene = sceneOf(state, one);
  const { cause, confidence, ruledOut, remedy, stack } = draftOf(one, scene);
  return { cause, confidence, ruledOut, remedy, stack, because: reasonOf(storyOf(one, scene)), of: one.key };
};

const joinStall = (state: PathState, capture: StallCapture, at: number): void => {
  if (state.watch.disturbance) state.stall = capture;
  const one = state.current ?? state.cases.at(-1);
  const recent = one && (one === state.current || at - (one.lastDropAt ?? one.openedAt) <= lateStackMs);
  if (!recent || (one.stall && one.stall.frames.length > 0)) return;
  one.stall = capture;
  report(one, state, false);
};

export const createAcceptPath = (first: ListenerReading, lifecycle: Lifecycle, moment: PathMoment): AcceptPath => {
  const watch = createWatch(first, linearTimeouts(moment.netns));
  const state: PathState = {
    watch,
    lifecycle,
    cases: [],
    clientsBefore: 0,
    moment,
    rawDrops: 0,
    sinceCounters: { drops: 0, read: false },
    history: noHistory,
  };

  return {
    watch,
    observe: (after, loops, next) => {
      state.moment = next;
      state.cases = state.cases.filter(({ key }) => lifecycle.has(key));
      rebase(state);
      const folded = foldWatch(watch, after, loops, next);
      state.step = folded.step;
      state.rawDrops = folded.rawDrops;
      const isTroubled = watch.disturbance !== undefined || state.cases.length > 0;
      state.history = isTroubled ? foldHistory(state.history, folded.step, watch.refusals) : noHistory;
      const { sinceCounters } = state;
      state.sinceCounters = {
        drops: (sinceCounters.read ? 0 : sinceCounters.drops) + folded.rawDrops,
        read: next.netns.fresh,
      };
      if (watch.disturbance) assess(state, isOver(watch, next.around.at));
      else for (const one of state.cases) recount(one, state);
    },
    stalled: (capture, at) => joinStall(state, capture, at),
    close: () => {
      if (watch.disturbance) assess(state, true);
    },
    explanation: () => explanationOf(state),
    subject: () => subjectOf(watch.listener),
    get troubled(): boolean {
      return watch.disturbance !== undefined || state.cases.length > 0;
    },
    get overflowing(): boolean {
      return state.cases.some(({ firstDropAt }) => firstDropAt !== undefined);
    },
    get droppedSinceCounters(): number {
      return state.sinceCounters.drops;
    },
    get outRstsWhileThere(): number | undefined {
      return state.moment.netns.counters?.OutRsts;
    },
  };
};
