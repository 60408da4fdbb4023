// The process's own connections on its listeners' ports, from walks of its descriptors: how many are held, how many
// were newly accepted since the last walk, and in a cluster primary how long untouched ones have been waiting.
import { readSockets } from "../../kernel/sockets.js";
import { SocketTable } from "../../kernel/socket-table.js";
import type { OwnedReading } from "../../snapshot/snapshot.js";
import type { OwnSocket } from "../connections/own-sockets.js";
import type { OwnListener } from "./own-listeners.js";

export interface OwnedConnections {
  /** Takes in the sockets that a walk found; gives the reading per listener's cookie. */
  count(sockets: readonly OwnSocket[], listeners: readonly OwnListener[]): ReadonlyMap<bigint, OwnedReading>;
}

/** Ages are read of so many connections of a round-robin listener at most. */
const untouchedAtMost = 1024;

interface Account {
  held: Set<bigint>;
  accepted: number;
}

export const createOwnedConnections = (): OwnedConnections => {
  let accounts = new Map<string, Account>();
  let last: Counted | undefined;
  return {
    count(sockets, listeners) {
      if (last && isTheSame(last, sockets, listeners)) return last.readings;
      const wanted = new Map(listeners.map((listener) => [doorOf(listener), listener]));
      const found = connectionsBehind(sockets, new Set(wanted.keys()));
      const next = new Map<string, Account>();
      const readings = new Map<bigint, OwnedReading>();
      for (const listener of listeners) {
        const door = doorOf(listener);
        const rows = found.get(door) ?? [];
        const held = new Set(rows.map(({ cookie }) => cookie));
        const account = accounts.get(door);
        // What was there at the first walk was accepted before the observer began to count.
        const newly = account ? [...held].filter((cookie) => !account.held.has(cookie)).length : 0;
        next.set(door, { held, accepted: (account?.accepted ?? 0) + newly });
        const untouchedMs = listener.server?.roundRobin ? untouched(rows.map(({ fd }) => fd)) : undefined;
        readings.set(listener.cookie, { count: held.size, accepted: next.get(door)?.accepted ?? 0, untouchedMs });
      }
      accounts = next;
      last = { sockets, listeners, readings };
      return readings;
    },
  };
};

/** What was counted, and what came of it. */
interface Counted {
  readonly sockets: readonly OwnSocket[];
  readonly listeners: readonly OwnListener[];
  readonly readings: ReadonlyMap<bigint, OwnedReading>;
}

/** The very sockets, of a list that another takes the place of when one comes or goes; ages grow all the same. */
const isTheSame = (last: Counted, sockets: readonly OwnSocket[], listeners: readonly OwnListener[]): boolean =>
  sockets === last.sockets &&
  listeners.length === last.listeners.length &&
  listeners.every((listener, i) => listener === last.listeners[i] && !listener.server?.roundRobin);

/** Connections carry their listener's port or path, not its address: listeners on one port share them. */
const doorOf = ({ port, path }: { port?: number | undefined; path?: string | undefined }): string => path ?? `:${port}`;

const connectionsBehind = (
  sockets: readonly OwnSocket[],
  doors: ReadonlySet<string>,
): Map<string, readonly OwnSocket[]> => {
  const found = new Map<string, OwnSocket[]>();
  for (const socket of sockets) {
    if (socket.type !== "stream") continue;
    const door = doorOf({ port: socket.localPort, path: socket.path });
    if (!doors.has(door)) continue;
    const behind = found.get(door);
    if (behind) behind.push(socket);
    else found.set(door, [socket]);
  }
  return found;
};

const table = new SocketTable(16);

/** Ages of connections on which nothing was sent and of which nothing was read. */
const untouched = (fds: readonly number[]): readonly number[] => {
  const rows = readSockets(Int32Array.from(fds.slice(0, untouchedAtMost)), {
    readings: ["cookieBefore", "tcpInfo", "recvQ", "cookie"],
    into: table,
  });
  const ages: number[] = [];
  for (const row of rows) {
    const info = row.valid ? row.tcpInfo : undefined;
    if (!info || (info.bytesSent ?? 0) > 0) continue;
    // A FIN counts as a byte received, and is not readable.
    const read = Number(info.bytesReceived ?? 0) - (row.recvQBytes ?? 0);
    if (read <= 1 && info.lastDataSentMs !== undefined) ages.push(info.lastDataSentMs);
  }
  return ages;
};
