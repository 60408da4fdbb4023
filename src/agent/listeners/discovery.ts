// Keeps the set of own listeners true, and counts what the process holds on their ports: by walks of its descriptors,
// regular ones as often as they cost little, and at once when net.Server listens, when a known one has gone, or when
// the namespace's LISTEN dump (which is cheap) shows a socket that nobody has placed yet.
import type { Diag } from "../../kernel/diag.js";
import { SocketWalk, walkSockets } from "../../kernel/walk.js";
import type { OwnedReading } from "../../snapshot/snapshot.js";
import type { OwnSockets } from "../connections/own-sockets.js";
import type { OwnListeners } from "./own-listeners.js";
import { createOwnedConnections } from "./owned-connections.js";
import { type Budget, createBudget } from "../pace.js";
import { isReportedElsewhere } from "./shared-sockets.js";

export interface Discovery {
  /** Something changed: look at the next opportunity. */
  demand(): void;
  /** Whether a listener may have come or gone that is not accounted for. */
  readonly demanded: boolean;
  /** When a regular walk was made last. */
  readonly walkedAt: number;
  /** The namespace's TCP listeners are all ours; `undefined`: not known. */
  readonly alone: boolean | undefined;
  /**
   * Before listeners are read: walks if it is time (`everyMs`, stretched by what a walk costs). What the process owns
   * by listener's cookie, if a whole walk was made. `interval`: a reporting interval has passed. Infinite `everyMs`: no
   * regular walks.
   */
  discover(at: number, everyMs: number, interval: boolean): ReadonlyMap<bigint, OwnedReading> | undefined;
}

/**
 * A walk costs about 1 µs a descriptor, and 6 µs for a socket that is new: on demand a tenth of the time, else 0.3 %, so
 * that with 15,000 connections new ones are met every eight seconds; 2 % while some are not known yet.
 */
const demandedShare = 0.1;
const regularShare = 0.003;
const newShare = 0.02;
/** A socket that was met before it began to listen is no longer met as new: the namespace's dump shows it. */
const unknownEveryMs = 5000;
const sharedEveryMs = 5000;
/** … and while all are ours: then nobody waits for a reporter that has ended. */
const sharedOursEveryMs = 10_000;
/** Looks come a little before or after they are due. */
const slackMs = 10;
/** The processes of a cluster start one after the other: until all agents run, who reports is asked again soon. */
const settlingEveryMs = 250;
const settlingMs = 10_000;

export const createDiscovery = (
  own: OwnListeners,
  diag: Diag | undefined,
  now: () => number,
  sockets: OwnSockets,
): Discovery => {
  const connections = createOwnedConnections();
  const demandedBudget = createBudget(demandedShare);
  const unknownBudget = createBudget(regularShare);
  const sharedBudget = createBudget(regularShare);
  const settlingBudget = createBudget(demandedShare);
  const table = new SocketWalk(64);
  /** Cookies of the namespace's listeners that are not ours. */
  let foreign = new Set<bigint>();
  let alone: boolean | undefined;
  let demanded = true;
  let walkedAt = Number.NEGATIVE_INFINITY;
  /** So long no walk, for what the last one cost. */
  let restMs = 0;
  let settlingUntil = Number.NEGATIVE_INFINITY;

  const settleShared = (at: number, budget: Budget): void =>
    budget.spend(at, () => {
      for (const listener of own.all) {
        const accepts = listener.loop !== undefined;
        listener.reportedElsewhere = listener.inode !== undefined && isReportedElsewhere(listener.inode, accepts);
      }
    });
  const sharedMs = (): number => (own.reported.length === own.all.length ? sharedOursEveryMs : sharedEveryMs);
  const takeIn = (walk: SocketWalk | undefined, at: number): void => {
    demanded = false;
    if (!walk || own.found(walk, at).length === 0) return;
    settlingUntil = at + settlingMs;
    settleShared(at, settlingBudget);
  };
  const walkForListeners = (at: number): void => {
    if (!demandedBudget.isDue(at, 0)) return;
    const walk = (): SocketWalk | undefined => walkSockets({ listeningOnly: true, into: table });
    takeIn(demandedBudget.spend(at, walk), at);
  };
  /** Also finds listeners that came unannounced. */
  const walkRegularly = (at: number): ReadonlyMap<bigint, OwnedReading> | undefined => {
    const walked = sockets.walk(at);
    walkedAt = at;
    restMs = (walked?.costMs ?? 0) / (sockets.unread > 0 ? newShare : regularShare);
    if (walked?.listener) demanded = true;
    return walked && connections.count(sockets.all, own.all);
  };
  const isSettlingDue = (at: number): boolean => at < settlingUntil && settlingBudget.isDue(at, settlingEveryMs);
  const lookForUnknown = (): void => {
    if (!diag) return;
    const mine = new Set(own.all.map(({ cookie }) => cookie));
    const tcp = diag.listeners().rows;
    alone = tcp.every(({ cookie }) => mine.has(cookie));
    const others = [...tcp, ...diag.unixListeners().rows]
      .map(({ cookie }) => cookie)
      .filter((cookie) => !mine.has(cookie));
    if (others.some((cookie) => !foreign.has(cookie))) demanded = true;
    foreign = new Set(others);
  };

  return {
    demand: () => {
      demanded = true;
    },
    get demanded() {
      return demanded || own.lost || isSettlingDue(now());
    },
    get walkedAt() {
      return walkedAt;
    },
    get alone() {
      return alone;
    },
    discover(at, everyMs, interval) {
      if (own.all.length > 0 && isSettlingDue(at)) settleShared(at, settlingBudget);
      else if (own.all.length > 0 && interval && sharedBudget.isDue(at, sharedMs())) settleShared(at, sharedBudget);
      const isRegular =
        Number.isFinite(everyMs) &&
        (own.all.length > 0 || interval) &&
        at - walkedAt >= Math.max(everyMs - slackMs, restMs);
      const owned = isRegular ? walkRegularly(at) : undefined;
      if (interval && (!isRegular || unknownBudget.isDue(at, unknownEveryMs))) unknownBudget.spend(at, lookForUnknown);
      if (demanded || own.lost) walkForListeners(at);
      return owned;
    },
  };
};
