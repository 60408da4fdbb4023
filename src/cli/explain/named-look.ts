// The connections that a user named, read again and again: one by one by their addresses where they are few, else by a
// dump of their port (sock_diag(7)).
import { connectionOfDiag, type Diag, type InetDiagSocket } from "../../kernel/index.js";
import type { ConnectionReading } from "../../snapshot/connection.js";
import type { ConnectionLook } from "../outside/connection-look.js";
import { groupBy } from "../outside/group-by.js";
import type { Holders } from "../outside/holders.js";
import { isEnd, type Place } from "./place.js";

/** Which sockets are meant: their own end, and the other one where it was given. */
export interface Name {
  readonly local: Place;
  readonly peer?: Place | undefined;
}

/** More are read by a dump: it walks the whole table, and is taken less often. */
const mostSingly = 64;
const dumpEveryMs = 250;
/** The explanation is of one: of more than this, those that nothing waits on are left out. */
const mostConnections = 1024;

const isNamed = ({ local, peer }: Name, socket: InetDiagSocket): boolean =>
  isEnd(local, socket.localAddress, socket.localPort) &&
  (peer === undefined || isEnd(peer, socket.remoteAddress, socket.remotePort));

const waitingOf = ({ recvQBytes = 0, sendQBytes = 0 }: ConnectionReading): number => recvQBytes + sendQBytes;

const dumped = (diag: Diag, name: Name): readonly ConnectionReading[] => {
  const rows: ConnectionReading[] = [];
  const { port } = name.local;
  if (port === undefined) return rows;
  const filter = { localPorts: [port], attributes: ["info", "memInfo", "congestion"] } as const;
  diag.each(filter, (socket) => {
    if (socket.state !== "LISTEN" && isNamed(name, socket)) rows.push(connectionOfDiag(socket));
  });
  diag.each({ localPorts: [port], protocol: "udp", attributes: ["memInfo"] }, (socket) => {
    if (isNamed(name, socket)) rows.push(connectionOfDiag(socket, "udp"));
  });
  return rows;
};

/** Those that a watched process holds, those with the most waiting first. */
export const findConnections = (
  diag: Diag,
  name: Name,
  held: (inode: number | undefined) => boolean,
): readonly ConnectionReading[] =>
  dumped(diag, name)
    .filter(({ inode }) => held(inode))
    .toSorted((a, b) => waitingOf(b) - waitingOf(a));

/** The same connection as it is now; `undefined`: it is closed. */
const readAgain = (diag: Diag, row: ConnectionReading): ConnectionReading | undefined => {
  const { localAddress, localPort, remoteAddress, remotePort, cookie } = row;
  if (localAddress === undefined || localPort === undefined) return undefined;
  const socket = diag.get({ localAddress, localPort, remoteAddress, remotePort, cookie });
  return socket && connectionOfDiag(socket);
};

export const createNamedLook = (
  diag: Diag,
  holders: Holders,
  name: Name,
  all: readonly ConnectionReading[],
): ConnectionLook => {
  const chosen = all.slice(0, mostConnections);
  const cookies = new Set(chosen.map(({ cookie }) => cookie));
  const isSingle = chosen.length <= mostSingly && chosen.every(({ transport }) => transport === "tcp");
  let last = Number.NEGATIVE_INFINITY;
  const rowsNow = (): readonly ConnectionReading[] =>
    isSingle
      ? chosen.flatMap((row) => readAgain(diag, row) ?? [])
      : dumped(diag, name).filter(({ cookie }) => cookies.has(cookie));
  return {
    read: (serving) => {
      const now = performance.now();
      if (!isSingle && now - last < dumpEveryMs) return undefined;
      last = now;
      const rows = rowsNow().map((row): ConnectionReading => {
        const holder = row.inode === undefined ? undefined : holders.of(row.inode);
        return { ...row, ...holder, role: serving.has(row.localPort ?? 0) ? "server" : "client" };
      });
      holders.refresh(() => rows.flatMap(({ inode }) => inode || []));
      return new Map(
        [...groupBy(rows, ({ pid }) => pid)].map(([pid, of]) => [
          pid,
          { rows: of, counts: {}, read: of.length, total: of.length },
        ]),
      );
    },
  };
};
