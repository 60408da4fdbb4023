// From a stream of snapshots to findings on the accept path. Pure but for its own memory: no clock, no input, no
// output; the running kernel, another process and the model are explained alike.
import type { ListenerReading, Snapshot } from "../snapshot/snapshot.js";
import { type AcceptPath, createAcceptPath } from "./accept-path.js";
import type { Finding } from "./finding.js";
import { createLifecycle } from "./lifecycle.js";
import { loopOf } from "./loop-step.js";
import type { MuteRule } from "./mute.js";
import type { PathMoment } from "./path-state.js";
import { foldNetns, moved, type Netns, unreadNetns } from "./netns.js";
import { createConnections } from "./connections/index.js";
import { createNetwork } from "./network/index.js";
import { createClusterQueue } from "./symptoms/cluster-queue.js";
import { createGhosts } from "./symptoms/ghost-connections.js";
import { createResets } from "./symptoms/connections-reset.js";
import { createShed } from "./symptoms/connections-shed.js";
import { createSynQueue } from "./symptoms/syn-queue-overflow.js";
import { surroundingsOf } from "./surroundings.js";
import { defaultThresholds, type Thresholds } from "./thresholds.js";
import type { Watch } from "./watch.js";

export interface Attention {
  /** Cookies of listeners whose accept queue should be looked into. */
  readonly waiting: readonly bigint[];
  /** The network namespace's counters should be read with the next snapshot. */
  readonly counters: boolean;
  /** Half-open connections should be counted. */
  readonly synRecv: boolean;
  /** Cookies of listeners where connections wait: a stall that hurts them is worth a look at the stack. */
  readonly pressed: readonly bigint[];
  /** Cookies of connections that should be looked at more often than once an interval; bounded. */
  readonly sockets: readonly bigint[];
  /** Cookies of connections of which Node's side is wanted; at most 20. */
  readonly ask: readonly bigint[];
}

export interface Explainer {
  /** Folds one more snapshot in; returns the findings that began, changed materially or ended with it. */
  observe(snapshot: Snapshot): readonly Finding[];
  /** The findings that have not ended, as they stand. Also at the end of observation: nothing is lost. */
  active(): readonly Finding[];
  /** Where the observer should look closer next time. */
  attention(): Attention;
}

export interface ExplainerOptions extends Partial<Thresholds> {
  readonly mute?: readonly MuteRule[] | undefined;
}

/** More listeners than this are not followed: memory stays bounded. */
const maxListeners = 1024;

/** Somebody who happens to be there at one look is no trouble: the loop stands, or they stay, or there are many. */
const isInTrouble = ({ disturbance, listener, run }: Watch): boolean =>
  disturbance !== undefined &&
  listener.length > 0 &&
  (disturbance.held.ms >= closerAfterMs || disturbance.pressed.ms > 0 || run.stallMs > 0);
const closerAfterMs = 150;

/** Where iterations are not counted, the head of the queue is all there is to tell an accept by. */
const isWorthALook = (watch: Watch): boolean => !watch.turnsSeen || watch.run.stallMs > 0 || isInTrouble(watch);

const withDefaults = (options: ExplainerOptions): Thresholds => {
  const given = Object.entries(options).filter(([key, value]) => key in defaultThresholds && typeof value === "number");
  return { ...defaultThresholds, ...Object.fromEntries(given) };
};

/** An explainer with its own memory; feed it snapshots in the order in which they were taken. */
export const createExplainer = (options: ExplainerOptions = {}): Explainer => {
  const thresholds = withDefaults(options);
  const paths = new Map<bigint, AcceptPath>();
  const absent = new Set<bigint>();
  const besides = [
    createGhosts(),
    createResets(),
    createShed(),
    createClusterQueue(),
    createSynQueue(),
    createConnections(),
    createNetwork(),
  ];
  let previous: Snapshot | undefined;
  let netns: Netns = unreadNetns;
  let idPrefix = "";
  const lifecycle = createLifecycle(() => idPrefix, options.mute ?? []);

  /** A listener seen for the first time is only remembered: there is nothing to compare it with. */
  const follow = (listener: ListenerReading, moment: PathMoment): AcceptPath | undefined => {
    const known = paths.get(listener.cookie);
    if (known || paths.size >= maxListeners) return known;
    paths.set(listener.cookie, createAcceptPath(listener, lifecycle, moment));
    return undefined;
  };

  /** A look may miss a listener: it is gone when two in a row did not see it. */
  const forget = (snapshot: Snapshot): readonly AcceptPath[] => {
    const present = new Set(snapshot.listeners.map(({ cookie }) => cookie));
    const closed: AcceptPath[] = [];
    for (const [cookie, path] of paths) {
      if (present.has(cookie)) absent.delete(cookie);
      else if (!absent.has(cookie)) absent.add(cookie);
      else {
        absent.delete(cookie);
        path.close();
        paths.delete(cookie);
        closed.push(path);
      }
    }
    return closed;
  };

  const compare = (before: Snapshot, snapshot: Snapshot): void => {
    const around = surroundingsOf(before, snapshot, thresholds);
    const moment = { around, netns, thresholds, fds: snapshot.process?.fds };
    for (const listener of snapshot.listeners) {
      const path = follow(listener, moment);
      const loops = { before: loopOf(before, listener), after: loopOf(snapshot, listener) };
      path?.observe(listener, loops, moment);
    }
    for (const capture of snapshot.stalls ?? [])
      for (const path of paths.values()) if (path.watch.loopId === capture.loop) path.stalled(capture, snapshot.at);
    const closed = forget(snapshot);
    const beside = { snapshot, before, around, netns, moved: moved(netns), thresholds, lifecycle, paths, closed };
    for (const symptom of besides) symptom.observe(beside);
  };

  return {
    observe: (snapshot) => {
      if (previous && snapshot.at <= previous.at) return [];
      idPrefix ||= `${snapshot.time.toString(36)}-${(snapshot.process?.pid ?? 0).toString(36)}`;
      netns = foldNetns(netns, snapshot);
      compare(previous ?? snapshot, snapshot);
      previous = snapshot;
      return lifecycle.sweep(snapshot.at);
    },
    active: () => lifecycle.active(),
    attention: () => {
      const all = [...paths.values()];
      const wanted = besides.map((symptom) => symptom.wants?.() ?? {});
      const waiting = all.filter(({ watch }) => watch.listener.length > 0);
      return {
        waiting: waiting.filter(({ watch }) => isWorthALook(watch)).map(({ watch }) => watch.listener.cookie),
        counters: all.some(({ troubled }) => troubled) || wanted.some(({ counters }) => counters),
        synRecv: wanted.some(({ synRecv }) => synRecv),
        pressed: waiting.filter(({ watch }) => isInTrouble(watch)).map(({ watch }) => watch.listener.cookie),
        sockets: wanted.flatMap(({ sockets }) => sockets ?? []),
        ask: wanted.flatMap(({ ask }) => ask ?? []),
      };
    },
  };
};
