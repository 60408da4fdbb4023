// The process's UDP and unix stream sockets, read whole at every look: there are few of them, and what they tell is little.
// UDP (net/ipv4/udp.c): the socket's own drops, and the memory that waits; SIOCINQ is the next datagram only.
// unix (net/unix/af_unix.c): SIOCINQ at the reader; the writer pays for the memory until it is read (SIOCOUTQ).
// Socket pairs without a name are left out: pipes to child processes, which wait for their children by design.
import { memFiguresOf } from "../../kernel/connection-reading.js";
import type { SocketReading } from "../../kernel/socket-reading.js";
import { SocketTable } from "../../kernel/socket-table.js";
import { readSockets } from "../../kernel/sockets.js";
import type { ConnectionReading, NodeSide } from "../../snapshot/connection.js";
import type { OwnSocket } from "./own-sockets.js";
import type { Place } from "./reading.js";

export interface OtherLook {
  readonly rows: readonly ConnectionReading[];
  readonly udp: number;
  readonly unix: number;
  readonly read: number;
}

export interface OtherSockets {
  /** Those among the own sockets, a list that another takes the place of when one comes or goes. */
  look(sockets: readonly OwnSocket[], at: number, placeOf: PlaceOf, nodeOf: NodeOf): OtherLook;
  /** These alone. */
  read(sockets: readonly OwnSocket[], placeOf: PlaceOf, nodeOf: NodeOf): readonly ConnectionReading[];
}

type PlaceOf = (socket: ConnectionReading) => Place;
/** What Node has said of it lately. */
type NodeOf = (socket: OwnSocket) => NodeSide | undefined;

/** Read at each look; of more, a part each time. */
const readAtMost = 512;
const rowsAtMost = 128;
/** Trouble is shown for this long after it has ended: a rule must see how. */
const shownMs = 3000;
const readings = ["cookieBefore", "memInfo", "recvQ", "sendQ", "cookie"] as const;

/** With a port or a name: what has none is not sent to by anybody, or is a pipe to a child process. */
const isOther = ({ transport, type, localPort, path, remotePath }: OwnSocket): boolean =>
  transport === "udp" ? (localPort ?? 0) > 0 : transport === "unix" && type === "stream" && Boolean(path || remotePath);

const isWaiting = ({ mem, recvQBytes, sendQBytes }: SocketReadingParts): boolean =>
  (recvQBytes ?? 0) > 0 || (sendQBytes ?? 0) > 0 || (mem?.rmemAlloc ?? 0) > 0;
type SocketReadingParts = Pick<ConnectionReading, "mem" | "recvQBytes" | "sendQBytes">;

export const createOtherSockets = (): OtherSockets => {
  const table = new SocketTable(16);
  let next = 0;
  let listed: { readonly of: readonly OwnSocket[]; readonly all: readonly OwnSocket[] } = { of: [], all: [] };

  const readRow = (socket: OwnSocket, row: SocketReading): ConnectionReading | undefined => {
    const { transport, path, remotePath, cookie, fd, family, inode } = socket;
    if (transport === undefined || !row.valid || row.cookie !== cookie) return undefined;
    const { localAddress, localPort, remoteAddress, remotePort } = socket;
    const { memInfo, recvQBytes, sendQBytes } = row;
    return {
      cookie,
      transport,
      family,
      fd,
      inode,
      pid: process.pid,
      localAddress,
      localPort,
      remoteAddress,
      remotePort,
      path: path || remotePath,
      recvQBytes,
      sendQBytes,
      mem: memInfo && memFiguresOf(memInfo),
    };
  };
  const readAll = (sockets: readonly OwnSocket[]): readonly (readonly [OwnSocket, ConnectionReading])[] => {
    const fds = Int32Array.from(sockets, ({ fd }) => fd);
    const read = readSockets(fds, { readings, into: table });
    return sockets.slice(0, read.length).flatMap((socket, i) => {
      const reading = readRow(socket, read.row(i));
      return reading ? [[socket, reading] as const] : [];
    });
  };
  const whole = (reading: ConnectionReading, place: Place, node: NodeSide | undefined): ConnectionReading =>
    node ? { ...reading, ...place, node } : { ...reading, ...place };

  return {
    look(sockets, at, placeOf, nodeOf) {
      if (listed.of !== sockets) listed = { of: sockets, all: sockets.filter(isOther) };
      const { all } = listed;
      if (next >= all.length) next = 0;
      const chosen = [...all.slice(next), ...all.slice(0, next)].slice(0, readAtMost);
      next += chosen.length;
      const rows: ConnectionReading[] = [];
      for (const [socket, reading] of readAll(chosen)) {
        if (isWaiting(reading)) socket.shownUntil = at + shownMs;
        // A UDP socket's drops mean something only against those of the look before: it is always shown.
        const isShown = reading.transport === "udp" || at <= socket.shownUntil;
        if (isShown && rows.length < rowsAtMost) rows.push(whole(reading, placeOf(reading), nodeOf(socket)));
      }
      const udp = all.filter(({ transport }) => transport === "udp").length;
      return { rows, udp, unix: all.length - udp, read: chosen.length };
    },
    read: (sockets, placeOf, nodeOf) =>
      readAll(sockets).map(([socket, reading]) => whole(reading, placeOf(reading), nodeOf(socket))),
  };
};
