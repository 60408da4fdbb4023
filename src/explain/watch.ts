// One listener followed from snapshot to snapshot: what its loop does, who waits, and the disturbance it is in.
import type { ListenerReading, LoopReading } from "../snapshot/snapshot.js";
import { acceptsSeen, foldNoAccept, longerNoAccept } from "./no-accept.js";
import type { NoAccept } from "./causes/rule.js";
import { type Clients, createClients } from "./clients.js";
import { createDepthWaits, type DepthWaits } from "./depth-waits.js";
import { type Disturbance, foldDisturbance, openDisturbance } from "./disturbance.js";
import { type Drops, foldDrops, noDrops } from "./drops.js";
import { type Head, type ListenerStep, listenerStepOf } from "./listener-step.js";
import { atRest, foldRun, type LoopRun } from "./loop-run.js";
import { loopStepOf } from "./loop-step.js";
import type { Netns } from "./netns.js";
import { foldRefusals, noRefusals, type Refusals } from "./refused.js";
import { createResidents, type Residents } from "./residents.js";
import { ascending, createSample, percentile, type Sample } from "./sample.js";
import type { Surroundings } from "./surroundings.js";
import type { Waits } from "./symptoms/facts.js";
import type { Thresholds } from "./thresholds.js";

/** What all listeners share in one snapshot. */
export interface Moment {
  readonly around: Surroundings;
  readonly netns: Netns;
  readonly thresholds: Thresholds;
}

export interface Watch {
  listener: ListenerReading;
  loopSeen: boolean;
  /** Its iterations are counted: an accept need not be told by the head of the queue. */
  turnsSeen: boolean;
  loopId?: number | undefined;
  run: LoopRun;
  /** The present run without an accept, and the longest of the disturbance: the first accept after it does not
   * undo that there was none. */
  noAccept: NoAccept;
  longestNoAccept: NoAccept;
  drops: Drops;
  refusals: Refusals;
  disturbance?: Disturbance | undefined;
  /** First sign of the present disturbance's symptom. */
  symptomAt?: number | undefined;
  symptomTime?: number | undefined;
  waits?: Waits | undefined;
  waitsAt: number;
  abandoned: number;
  /** How long each of those had waited at the least, where that is known. */
  patienceMs?: number | undefined;
  readonly residents: Residents;
  /** Accepts counted since the residents were last looked at: those who left since then are the same ones. */
  accepts: number;
  readonly depth: DepthWaits;
  /** Waits read at accept, where connections are followed one by one. */
  exact: Sample;
  clients: Clients;
}

/** Waits are sorted out at most this often. */
const waitsEveryMs = 100;
/** A queue that is not pressed any more, though never empty, ends a disturbance after this; one that never was
 * pressed is looked at afresh after longer. */
const restartMs = 1000;
const restartUnpressedMs = 5000;

/** `linear`: net.ipv4.tcp_syn_linear_timeouts of the clients, taken to be ours. */
export const createWatch = (listener: ListenerReading, linear: number): Watch => ({
  listener,
  loopSeen: false,
  turnsSeen: false,
  run: atRest,
  noAccept: acceptsSeen,
  longestNoAccept: acceptsSeen,
  drops: noDrops,
  refusals: noRefusals,
  waitsAt: Number.NEGATIVE_INFINITY,
  abandoned: 0,
  residents: createResidents(),
  accepts: 0,
  depth: createDepthWaits(),
  exact: createSample(),
  clients: createClients(linear),
});

/** Who waits is known: they were listed, or nobody does. */
const isLook = ({ waiting, length }: ListenerReading): boolean => waiting !== undefined || length === 0;

const lookAtResidents = (watch: Watch, after: ListenerReading, at: number): Head => {
  const { residents, accepts } = watch;
  if (!isLook(after)) return { left: 0 };
  const head = after.waiting ? residents.look(after.waiting, after.length, at) : residents.emptied(at);
  return { ...head, left: Math.max(0, head.left - accepts) };
};

/** In a long gap everybody refused has tried about once a second: taken apart so that retries are not new clients. */
const foldClients = (clients: Clients, refused: number, { fromAt, at }: Surroundings): void => {
  const slices = Math.max(1, Math.min(64, Math.ceil((at - fromAt) / 500)));
  for (let i = 1; i <= slices; i += 1) clients.fold(refused / slices, fromAt + ((at - fromAt) * i) / slices);
};

/** Folds one step in. Its drops are those known to be overflows; `rawDrops` is what the counter moved by. */
export const foldWatch = (
  watch: Watch,
  after: ListenerReading,
  loops: { before: LoopReading | undefined; after: LoopReading | undefined },
  { around, netns, thresholds }: Moment,
): { step: ListenerStep; rawDrops: number } => {
  const head = lookAtResidents(watch, after, around.at);
  const loop = loopStepOf(loops.before, loops.after, around.ms, head.kept);
  const raw = listenerStepOf(watch.listener, after, { around, loop, head }, thresholds);
  watch.accepts = isLook(after) ? 0 : watch.accepts + raw.accepts;
  watch.drops = foldDrops(watch.drops, raw, netns, thresholds.undecidedMs);
  const step = { ...raw, drops: watch.drops.overflows };
  watch.listener = { ...after, listenBacklog: after.listenBacklog ?? watch.listener.listenBacklog };
  watch.loopSeen = loop.seen;
  watch.turnsSeen = loop.iterations !== undefined;
  watch.loopId = loop.id;
  watch.run = foldRun(watch.run, loop, step.ms, thresholds);
  watch.noAccept = foldNoAccept(watch.noAccept, step);
  watch.depth.fold(step);
  watch.refusals = foldRefusals(watch.refusals, step, netns);
  foldClients(watch.clients, watch.refusals.clients, around);
  foldIntoDisturbance(watch, step, raw.drops > 0 || step.drops > 0, thresholds);
  return { step, rawDrops: raw.drops };
};

const foldIntoDisturbance = (watch: Watch, step: ListenerStep, dropped: boolean, thresholds: Thresholds): void => {
  if (step.length === 0 && step.wasLength === 0 && !dropped && !watch.disturbance) return;
  watch.longestNoAccept = longerNoAccept(watch.longestNoAccept, watch.noAccept);
  const disturbance = watch.disturbance ?? openDisturbance(step.around.fromAt, step.around.time - step.ms);
  for (const waitedMs of watch.listener.acceptWaitsMs ?? []) watch.exact.add(waitedMs);
  watch.disturbance = foldDisturbance(disturbance, step, watch.run, thresholds, dropped);
};

/** What was remembered of a disturbance that is over. */
export const endDisturbance = (watch: Watch): void => {
  watch.residents.forget();
  watch.depth.forget();
  watch.exact = createSample();
  watch.waits = undefined;
  watch.abandoned = 0;
  watch.patienceMs = undefined;
  watch.longestNoAccept = acceptsSeen;
  watch.disturbance = undefined;
  watch.symptomAt = undefined;
  watch.symptomTime = undefined;
};

/** Nobody waits and nothing is in doubt; or the queue has long had room and this is another matter. */
export const isOver = ({ disturbance, listener, drops, symptomAt }: Watch, at: number): boolean => {
  if (!disturbance || drops.doubtful > 0) return false;
  if (listener.length === 0) return true;
  if (disturbance.lastPressedAt !== undefined) return at - disturbance.lastPressedAt >= restartMs;
  return symptomAt === undefined && at - disturbance.openedAt >= restartUnpressedMs;
};

const waitsOf = (values: readonly number[], source: string): Waits | undefined => {
  const sorted = ascending(values);
  const at = (p: number): number => percentile(sorted, p) ?? 0;
  return sorted.length === 0
    ? undefined
    : { connections: sorted.length, p50Ms: at(0.5), p95Ms: at(0.95), longestMs: at(1), source };
};

const freshWaits = ({ exact, residents, depth }: Watch, at: number): Waits | undefined => {
  if (exact.size > 0)
    return waitsOf([...exact.values(), ...residents.ages(at)], "tcpi_last_data_sent at accept, ages of the residents");
  return residents.looked
    ? waitsOf(residents.waits(at), "estimate: ages of the residents")
    : waitsOf(depth.waits(at), "estimate: length of the queue");
};

/** Brings the waits and the peers that were gone up to date: at every look, but not more often than needed. */
export const updateWaits = (watch: Watch, at: number, now: boolean, thresholds: Thresholds): void => {
  if (!now && at - watch.waitsAt < waitsEveryMs) return;
  watch.waitsAt = at;
  watch.waits = freshWaits(watch, at);
  watch.abandoned = watch.residents.abandoned(thresholds.abandonedWaitMs);
  watch.patienceMs = watch.residents.patienceMs(thresholds.abandonedWaitMs);
};

export const oldestMsOf = ({ residents, depth }: Watch, at: number): number =>
  residents.looked ? residents.oldestMs(at) : depth.oldestMs(at);
