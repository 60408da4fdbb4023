// From a listener's disturbance to its findings: which symptom, which cause, which finding it belongs to.
import type { LoopReading, ListenerReading, StallCapture } from "../snapshot/snapshot.js";
import {
  type Case,
  closeDisturbance,
  draftOf,
  faceOf,
  openCase,
  pressedOf,
  quietMsOf,
  raise,
  type Scene,
  storyOf,
} from "./case.js";
import { type Judgement, judge } from "./causes/index.js";
import { chooseCase, mayRelabel } from "./choose-case.js";
import { createClients } from "./clients.js";
import type { Subject } from "./finding.js";
import type { Draft, Lifecycle } from "./lifecycle.js";
import type { ListenerStep } from "./listener-step.js";
import { counterDelta, type Netns } from "./netns.js";
import type { Story } from "./story.js";
import { subjectOf } from "./subject.js";
import type { LadderSymptom } from "./symptoms/facts.js";
import { symptomOf } from "./symptoms/ladder.js";
import { reasonOf } from "./wording.js";
import { createWatch, foldWatch, isOver, type Moment, oldestMsOf, updateWaits, type Watch } from "./watch.js";

/** A stack that arrives this late still belongs to the finding. */
const lateStackMs = 2000;
const maxCases = 8;

export interface AcceptPath {
  readonly watch: Watch;
  /** Fold the listener's next reading in and report. */
  observe(
    after: ListenerReading,
    loops: { before: LoopReading | undefined; after: LoopReading | undefined },
    moment: Moment & { fds?: Story["fds"] },
  ): void;
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

/** Why a listener's accept queue is in trouble, for a symptom that comes with it. */
export interface Explanation extends Pick<Draft, "cause" | "confidence" | "ruledOut" | "remedy" | "stack"> {
  readonly because: string;
}

const linearOf = ({ sysctl }: Netns): number =>
  sysctl.tcp_syn_linear_timeouts ?? (Object.keys(sysctl).length === 0 ? 4 : 0);

/** The kernel adds a dropped third ACK to the listener's counter twice, to ListenDrops once. */
const recount = (one: Case, netns: Netns): void => {
  const listenDrops = netns.fresh ? counterDelta(one.base, netns.counters).ListenDrops : undefined;
  if (listenDrops !== undefined) one.countedTwice = Math.max(0, pressedOf(one).drops - listenDrops);
};

export const createAcceptPath = (first: ListenerReading, lifecycle: Lifecycle, netns: Netns): AcceptPath => {
  const watch = createWatch(first, linearOf(netns));
  let cases: Case[] = [];
  let serial = 0;
  let current: Case | undefined;
  let base = netns.counters;
  let clientsBase = 0;
  let stall: { capture: StallCapture; at: number } | undefined;
  let last: (Moment & { fds?: Story["fds"] }) | undefined;
  let step: ListenerStep | undefined;
  let dropped = 0;
  let sinceCounters = { drops: 0, read: false };
  let outRsts: number | undefined;

  const sceneOf = (one: Case): Scene => {
    const { netns: now, thresholds, around } = last!;
    const { total, worstMs, meanMs } = watch.clients;
    return {
      listener: watch.listener,
      outside: around.outside,
      counters: counterDelta(one.base, now.counters),
      sysctl: now.sysctl,
      clients: { clients: Math.round(total - one.clientsBefore), worstDelayMs: worstMs, meanDelayMs: meanMs },
      oldestMs: one.current ? oldestMsOf(watch, around.at) : 0,
      fds: last!.fds,
      thresholds,
    };
  };

  const judgeNow = (symptom: LadderSymptom, over: boolean): Judgement => {
    const { netns: now, thresholds, around } = last!;
    const disturbance = watch.disturbance!;
    const moving = step?.loop.motion === "turned" || step?.loop.motion === "idle";
    const isFull = symptom.about === "full";
    return judge({
      account: isFull ? disturbance.pressed : disturbance.held,
      run: watch.run,
      noAccept: watch.longestNoAccept,
      over: over || (isFull && moving && !step!.pressed),
      moving,
      about: symptom.about,
      outside: around.outside,
      loopSeen: watch.loopSeen,
      limit: watch.listener.limit,
      listenBacklog: watch.listener.listenBacklog,
      somaxconn: now.sysctl.somaxconn,
      thresholds,
    });
  };

  const choose = (judgement: Judgement, symptom: LadderSymptom): void => {
    const { around, thresholds } = last!;
    const patient = around.at - (watch.symptomAt ?? around.at) < thresholds.undecidedMs;
    const choice = chooseCase(cases, judgement, patient);
    if (choice.kind === "wait") return;
    if (choice.kind === "open") {
      serial += 1;
      current = openCase({
        key: `${watch.listener.cookie}/${serial}`,
        since: watch.symptomTime ?? around.time,
        openedAt: around.at,
        cause: choice.cause,
        symptom: symptom.symptom,
        judgement,
        base,
        clientsBefore: clientsBase,
      });
      cases = [...cases, current].slice(-maxCases);
    } else current = choice.to;
    current.disturbances += 1;
  };

  const explain = (one: Case, judgement: Judgement, symptom: LadderSymptom): void => {
    raise(one, symptom.symptom);
    if (judgement.cause === undefined) return;
    if (mayRelabel(one, judgement.cause, cases)) one.cause = judgement.cause;
    if (judgement.cause === one.cause) one.judgement = judgement;
  };

  /** What the finding says of waits, drops and the stack, as of now. */
  const update = (one: Case): void => {
    const { around, netns: now } = last!;
    one.current = watch.disturbance;
    if (watch.waits && watch.waits.p95Ms >= (one.waits?.p95Ms ?? 0)) one.waits = watch.waits;
    one.abandoned = Math.max(one.abandoned, watch.abandoned);
    if ((step?.drops ?? 0) > 0) {
      one.firstDropAt ??= around.at;
      one.lastDropAt = around.at;
    }
    if (stall && (one.stall === undefined || one.stall.frames.length === 0)) one.stall = stall.capture;
    recount(one, now);
  };

  const isEvidence = (): boolean => {
    const { thresholds, around } = last!;
    return (step?.pressedMs ?? 0) > 0 || dropped > 0 || oldestMsOf(watch, around.at) >= thresholds.waitP95Ms;
  };

  const report = (one: Case, evidence: boolean): void => {
    const { around, thresholds } = last!;
    lifecycle.report(
      one.key,
      {
        face: faceOf(one, sceneOf(one)),
        compose: () => draftOf(one, sceneOf(one)),
        quietMs: quietMsOf(one, thresholds),
        subject: subjectOf(watch.listener),
        evidence,
        since: one.since,
      },
      around.at,
      around.time,
    );
  };

  const end = (): void => {
    if (current) closeDisturbance(current);
    current = undefined;
    stall = undefined;
    watch.disturbance = undefined;
    watch.symptomAt = undefined;
    watch.symptomTime = undefined;
  };

  const assess = (over: boolean): void => {
    const { around, thresholds, netns: now } = last!;
    updateWaits(watch, around.at, over, thresholds);
    const symptom = symptomOf({
      transport: watch.listener.transport,
      disturbance: watch.disturbance!,
      waits: watch.waits,
      abandoned: watch.abandoned,
      thresholds,
    });
    if (symptom) {
      watch.symptomAt ??= around.at;
      watch.symptomTime ??= around.time;
      const judgement = judgeNow(symptom, over);
      if (!current) choose(judgement, symptom);
      if (current) {
        explain(current, judgement, symptom);
        update(current);
        report(current, isEvidence());
      }
    }
    if (over) end();
    if (!watch.disturbance) base = now.counters;
  };

  return {
    watch,
    observe: (after, loops, moment) => {
      last = moment;
      cases = cases.filter(({ key }) => lifecycle.has(key));
      if (cases.length === 0 && watch.clients.outside === 0 && !watch.disturbance) {
        watch.clients = createClients(linearOf(moment.netns));
        clientsBase = 0;
      }
      const wasQuiet = watch.disturbance === undefined;
      if (wasQuiet) {
        base = moment.netns.before;
        clientsBase = watch.clients.total;
      }
      const folded = foldWatch(watch, after, loops, moment);
      step = folded.step;
      dropped = folded.rawDrops;
      sinceCounters = { drops: (sinceCounters.read ? 0 : sinceCounters.drops) + dropped, read: moment.netns.fresh };
      outRsts = moment.netns.counters?.OutRsts;
      if (watch.disturbance) assess(isOver(watch, moment.around.at));
      else for (const one of cases) recount(one, moment.netns);
    },
    stalled: (capture, at) => {
      if (watch.disturbance) stall = { capture, at };
      const one = current ?? cases.at(-1);
      const recent = one && (one === current || at - (one.lastDropAt ?? one.openedAt) <= lateStackMs);
      if (!recent || (one.stall && one.stall.frames.length > 0)) return;
      one.stall = capture;
      if (last) report(one, false);
    },
    close: () => {
      if (watch.disturbance && last) assess(true);
    },
    explanation: () => {
      const one = current ?? cases.at(-1);
      if (!one || !last) return undefined;
      const { cause, confidence, ruledOut, remedy, stack } = draftOf(one, sceneOf(one));
      return { cause, confidence, ruledOut, remedy, stack, because: reasonOf(storyOf(one, sceneOf(one))) };
    },
    subject: () => subjectOf(watch.listener),
    get troubled(): boolean {
      return watch.disturbance !== undefined || cases.length > 0;
    },
    get overflowing(): boolean {
      return cases.some(({ firstDropAt }) => firstDropAt !== undefined);
    },
    get droppedSinceCounters(): number {
      return sinceCounters.drops;
    },
    get outRstsWhileThere(): number | undefined {
      return outRsts;
    },
  };
};
