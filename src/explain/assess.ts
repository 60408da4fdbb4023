// From a listener's disturbance to its findings: which symptom, which cause, which finding it belongs to.
import {
  type Case,
  closeDisturbance,
  draftOf,
  faceOf,
  openCase,
  predicted,
  pressedOf,
  quietMsOf,
  raise,
} from "./case.js";
import { type Judgement, judge } from "./causes/index.js";
import { chooseCase, mayRelabel } from "./choose-case.js";
import { counterDelta } from "./netns.js";
import { type PathState, sceneOf } from "./path-state.js";
import { subjectOf } from "./subject.js";
import type { LadderSymptom } from "./symptoms/facts.js";
import { symptomOf } from "./symptoms/ladder.js";
import { endDisturbance, oldestMsOf, updateWaits } from "./watch.js";

/** Findings of one listener at a time: there are not more causes. */
const maxCases = 12;

const judgeNow = ({ watch, moment, step }: PathState, symptom: LadderSymptom, over: boolean): Judgement => {
  const { netns, thresholds, around } = moment;
  const disturbance = watch.disturbance!;
  const moving = step?.loop.motion === "turned" || step?.loop.motion === "idle";
  const isFull = symptom.about === "full";
  return judge({
    account: isFull ? disturbance.pressed : disturbance.held,
    run: watch.run,
    noAccept: watch.longestNoAccept,
    over: over || (isFull && moving && !step.pressed),
    moving,
    about: symptom.about,
    outside: around.outside,
    loopSeen: watch.loopSeen,
    limit: watch.listener.limit,
    listenBacklog: watch.listener.listenBacklog,
    somaxconn: netns.sysctl.somaxconn,
    thresholds,
  });
};

const open = (state: PathState, cause: Case["cause"], symptom: LadderSymptom, judgement: Judgement): Case => {
  const { watch, moment } = state;
  const one = openCase({
    key: state.lifecycle.newKey(),
    since: watch.symptomTime ?? moment.around.time,
    openedAt: moment.around.at,
    cause,
    symptom: symptom.symptom,
    judgement,
    base: state.base,
    clientsBefore: state.clientsBefore,
  });
  state.cases = [...state.cases, one].slice(-maxCases);
  return one;
};

const choose = (state: PathState, judgement: Judgement, symptom: LadderSymptom): void => {
  const { around, thresholds } = state.moment;
  const patient = around.at - (state.watch.symptomAt ?? around.at) < thresholds.undecidedMs;
  const choice = chooseCase(state.cases, judgement, patient);
  if (choice.kind === "wait") return;
  state.current = choice.kind === "open" ? open(state, choice.cause, symptom, judgement) : choice.to;
  state.current.disturbances += 1;
};

const explain = (one: Case, cases: readonly Case[], judgement: Judgement, symptom: LadderSymptom): void => {
  raise(one, symptom.symptom);
  if (judgement.cause === undefined) return;
  if (mayRelabel(one, judgement.cause, cases)) one.cause = judgement.cause;
  if (judgement.cause === one.cause) one.judgement = judgement;
};

/** The kernel adds a dropped third ACK to the listener's counter twice, to ListenDrops once. */
export const recount = (one: Case, { moment: { netns }, sinceCounters }: PathState): void => {
  // Counters that were read before the last drop would make it one that was counted twice.
  const covers = netns.fresh || sinceCounters.drops === 0;
  const listenDrops = covers ? counterDelta(one.base, netns.counters).ListenDrops : undefined;
  if (listenDrops !== undefined) one.countedTwice = Math.max(0, pressedOf(one).drops - listenDrops);
};

/** What the finding says of waits, drops and the stack, as of now. */
const update = (one: Case, state: PathState): void => {
  const { watch, stall } = state;
  one.current = watch.disturbance;
  if (watch.waits && watch.waits.p95Ms >= (one.waits?.p95Ms ?? 0)) one.waits = watch.waits;
  if (watch.abandoned > one.abandoned) one.patienceMs = watch.patienceMs;
  one.abandoned = Math.max(one.abandoned, watch.abandoned);
  one.firstDropAt ??= watch.disturbance?.firstDropAt;
  one.lastDropAt = watch.disturbance?.lastDropAt ?? one.lastDropAt;
  if (stall && (one.stall === undefined || one.stall.frames.length === 0)) one.stall = stall;
  recount(one, state);
};

const isEvidence = ({ watch, moment: { thresholds, around }, step, rawDrops }: PathState): boolean =>
  (step?.pressedMs ?? 0) > 0 || rawDrops > 0 || oldestMsOf(watch, around.at) >= thresholds.waitP95Ms;

/** Hands the case to the lifecycle, as it stands. */
export const report = (one: Case, state: PathState, evidence: boolean): void => {
  const { around, thresholds } = state.moment;
  state.lifecycle.report(
    one.key,
    {
      face: faceOf(one, sceneOf(state, one)),
      compose: () => {
        const scene = sceneOf(state, one);
        // Drops of two findings cannot be told apart in one history.
        const prediction = state.cases.length > 1 ? {} : predicted(one, scene, state.history);
        return { ...draftOf(one, scene), ...prediction };
      },
      quietMs: quietMsOf(one, thresholds),
      subject: subjectOf(state.watch.listener),
      evidence,
      since: one.since,
    },
    around.at,
    around.time,
  );
};

const end = (state: PathState): void => {
  if (state.current) closeDisturbance(state.current);
  state.current = undefined;
  state.stall = undefined;
  endDisturbance(state.watch);
};

/** Looks at the present disturbance. `over`: for the last time. */
export const assess = (state: PathState, over: boolean): void => {
  const { watch, moment } = state;
  const { around, thresholds } = moment;
  updateWaits(watch, around.at, over, thresholds);
  const { waits, abandoned } = watch;
  const { transport } = watch.listener;
  const symptom = symptomOf({ transport, disturbance: watch.disturbance!, waits, abandoned, thresholds });
  if (symptom) {
    watch.symptomAt ??= around.at;
    watch.symptomTime ??= around.time;
    const judgement = judgeNow(state, symptom, over);
    const isNew = !state.current;
    if (isNew) choose(state, judgement, symptom);
    if (state.current) {
      explain(state.current, state.cases, judgement, symptom);
      update(state.current, state);
      // A disturbance may have been understood only after its last drop: it is evidence all the same.
      report(state.current, state, isNew || isEvidence(state));
    }
  }
  if (over) end(state);
};
