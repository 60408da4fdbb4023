// What is remembered of one listener beside its watch: its findings, and the readings they are told with.
import type { StallCapture } from "../snapshot/snapshot.js";
import type { Case, Scene } from "./case.js";
import type { History } from "./history.js";
import type { Lifecycle } from "./lifecycle.js";
import type { ListenerStep } from "./listener-step.js";
import { counterDelta } from "./netns.js";
import type { Story } from "./story.js";
import { timeToFull } from "./time-to-full.js";
import { type Moment, oldestMsOf, type Watch } from "./watch.js";

/** One snapshot's surroundings of a listener, with what only the telling needs. */
export interface PathMoment extends Moment {
  readonly fds?: Story["fds"];
}

export interface PathState {
  readonly watch: Watch;
  readonly lifecycle: Lifecycle;
  /** Findings that are not resolved, latest last. */
  cases: readonly Case[];
  /** The one that explains the present disturbance. */
  current?: Case | undefined;
  /** Counters and refused clients just before the present disturbance. */
  base?: Case["base"];
  clientsBefore: number;
  stall?: StallCapture | undefined;
  moment: PathMoment;
  step?: ListenerStep | undefined;
  /** What the drop counter moved by in the last step, whatever it meant. */
  rawDrops: number;
  /** … and since the network namespace's counters were last read before this snapshot. */
  sinceCounters: { readonly drops: number; readonly read: boolean };
  /** All steps since the listener got into trouble. */
  history: History;
}

/** Only of a queue that goes on filling: what overflowed needs no forecast. */
const fullInMs = ({ watch: { listener }, history }: PathState, { current }: Case): number | undefined =>
  current && current.pressed.drops === 0 && listener.limit !== undefined && listener.length !== undefined
    ? timeToFull(listener.limit, listener.length, history.entries)
    : undefined;

/** The surroundings of a case as they are now. */
export const sceneOf = (state: PathState, one: Case): Scene => {
  const { watch, moment } = state;
  const { netns, thresholds, around, fds } = moment;
  const { total, worstMs, meanMs } = watch.clients;
  return {
    listener: watch.listener,
    outside: around.outside,
    counters: counterDelta(one.base, netns.counters),
    sysctl: netns.sysctl,
    clients: { clients: Math.round(total - one.clientsBefore), worstDelayMs: worstMs, meanDelayMs: meanMs },
    fullInMs: fullInMs(state, one),
    oldestMs: one.current ? oldestMsOf(watch, around.at) : 0,
    fds,
    thresholds,
  };
};
