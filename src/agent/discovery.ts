// Keeps the set of own listeners true: a walk of the descriptors at the start, when net.Server listens, when a known
// one has gone, and when the namespace's LISTEN dump (which is cheap) shows a socket that nobody has placed yet.
import type { Diag } from "../kernel/diag.js";
import { SocketWalk, walkSockets } from "../kernel/walk.js";
import type { ListenerReading } from "../snapshot/snapshot.js";
import type { OwnListeners } from "./own-listeners.js";
import { createOwnedConnections } from "./owned-connections.js";
import { createBudget } from "./pace.js";
import { isReportedElsewhere } from "./shared-sockets.js";

export interface Discovery {
  /** Something changed: look at the next opportunity. */
  demand(): void;
  /** Before listeners are read. `interval`: a reporting interval has passed. */
  discover(at: number, interval: boolean): void;
  /** After they were read: what the process holds on their ports, when the walk is due. */
  owned(at: number, everyMs: number, listeners: readonly ListenerReading[]): readonly ListenerReading[];
}

/** A walk costs about 0.5 µs a descriptor, with addresses 4 µs a socket: on demand a tenth of the time, else 1 %. */
const demandedShare = 0.1;
const regularShare = 0.01;
const sharedEveryMs = 5000;

export const createDiscovery = (own: OwnListeners, diag: Diag | undefined, now: () => number): Discovery => {
  const connections = createOwnedConnections();
  const demandedBudget = createBudget(demandedShare);
  const regularBudget = createBudget(regularShare);
  const sharedBudget = createBudget(regularShare);
  const table = new SocketWalk(64);
  /** Cookies of the namespace's listeners that are not ours. */
  let foreign = new Set<bigint>();
  let demanded = true;

  const walkListeners = (at: number): void => {
    const walk = demandedBudget.spend(at, now, () => walkSockets({ listeningOnly: true, into: table }));
    demanded = false;
    if (walk && own.found(walk, at).length > 0) settleShared(at);
  };
  const settleShared = (at: number): void =>
    sharedBudget.spend(at, now, () => {
      for (const listener of own.all) {
        const accepts = listener.loop !== undefined;
        listener.reportedElsewhere = listener.inode !== undefined && isReportedElsewhere(listener.inode, accepts);
      }
    });
  const lookForUnknown = (): void => {
    if (!diag) return;
    const mine = new Set(own.all.map(({ cookie }) => cookie));
    const others = [...diag.listeners().rows, ...diag.unixListeners().rows]
      .map(({ cookie }) => cookie)
      .filter((cookie) => !mine.has(cookie));
    if (others.some((cookie) => !foreign.has(cookie))) demanded = true;
    foreign = new Set(others);
  };

  return {
    demand: () => {
      demanded = true;
    },
    discover(at, interval) {
      if (interval) lookForUnknown();
      if ((demanded || own.lost) && demandedBudget.isDue(at, 0)) walkListeners(at);
      if (interval && own.all.length > 0 && sharedBudget.isDue(at, sharedEveryMs)) settleShared(at);
    },
    owned(at, everyMs, listeners) {
      if (listeners.length === 0 || !regularBudget.isDue(at, everyMs)) return listeners;
      const walk = regularBudget.spend(at, now, () => walkSockets({ into: table }));
      if (!walk) return listeners;
      own.found(walk, at);
      const latest = connections.count(walk, listeners);
      return listeners.map((listener) => ({ ...listener, owned: latest.get(listener.cookie) }));
    },
  };
};
