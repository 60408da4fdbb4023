// The process's UDP and unix stream sockets, read whole at every look: there are few of them, and what they tell is little.
// UDP (net/ipv4/udp.c): the socket's own drops, and the memory that waits; SIOCINQ is the next datagram only.
// unix (net/unix/af_unix.c): SIOCINQ at the reader; the writer pays for the memory until it is read (SIOCOUTQ).
// Socket pairs without a name are left out: pipes to child processes, which wait for their children by design.
import { connectionOf, memFiguresOf } from "../../kernel/connection-reading.js";
import type { SocketReading } from "../../kernel/socket-reading.js";
import { SocketTable } from "../../kernel/socket-table.js";
import { readSockets } from "../../kernel/sockets.js";
import type { SocketWalk } from "../../kernel/walk.js";
import type { ConnectionReading } from "../../snapshot/connection.js";

interface OtherSocket
  extends Pick<
    ConnectionReading,
    "transport" | "family" | "inode" | "localAddress" | "localPort" | "remoteAddress" | "remotePort" | "path"
  > {
  readonly cookie: bigint;
  readonly fd: number;
  /** Until when it is shown although nothing waits there (monotonic ms). */
  shownUntil: number;
}

export interface OtherLook {
  readonly rows: readonly ConnectionReading[];
  readonly udp: number;
  readonly unix: number;
  readonly read: number;
}

export interface OtherSockets {
  /** Takes over what a walk found. */
  found(walk: SocketWalk): void;
  look(at: number, placeOf: (socket: ConnectionReading) => Pick<ConnectionReading, "role" | "loop">): OtherLook;
}

/** Read at each look; of more, a part each time. */
const readAtMost = 512;
const rowsAtMost = 128;
/** Trouble is shown for this long after it has ended: a rule must see how. */
const shownMs = 3000;
const readings = ["cookieBefore", "memInfo", "recvQ", "sendQ", "cookie"] as const;
const TCP = 6;

/** Sockets that may hold something: with a port, or a path. */
const describe = (row: SocketReading): OtherSocket | undefined => {
  const isStream = row.type === "stream";
  if (row.protocol === TCP || (row.domain === "unix" ? !isStream : row.type !== "dgram")) return undefined;
  const reading = connectionOf(row);
  if (!reading || (reading.transport === "udp" ? !reading.localPort : !reading.path)) return undefined;
  return { ...reading, fd: row.fd, shownUntil: Number.NEGATIVE_INFINITY };
};

const isWaiting = ({ mem, recvQBytes, sendQBytes }: SocketReadingParts): boolean =>
  (recvQBytes ?? 0) > 0 || (sendQBytes ?? 0) > 0 || (mem?.rmemAlloc ?? 0) > 0;
type SocketReadingParts = Pick<ConnectionReading, "mem" | "recvQBytes" | "sendQBytes">;

export const createOtherSockets = (): OtherSockets => {
  const table = new SocketTable(16);
  let sockets = new Map<bigint, OtherSocket>();
  let next = 0;

  const readRow = (socket: OtherSocket, row: SocketReading): ConnectionReading | undefined => {
    if (!row.valid || row.cookie !== socket.cookie) return undefined;
    const { shownUntil: _, ...known } = socket;
    const { memInfo } = row;
    const mem = memInfo && memFiguresOf(memInfo);
    return { ...known, pid: process.pid, recvQBytes: row.recvQBytes, sendQBytes: row.sendQBytes, mem };
  };
  return {
    found(walk) {
      const present = new Map<bigint, OtherSocket>();
      for (const row of walk) {
        const { cookie } = row;
        if (row.listening !== false || cookie === undefined || present.has(cookie)) continue;
        const known = sockets.get(cookie);
        const socket = known?.fd === row.fd ? known : describe(row);
        if (socket) present.set(cookie, socket);
      }
      // A walk that was cut short says nothing about those it did not meet.
      if (walk.partial) for (const [cookie, socket] of sockets) if (!present.has(cookie)) present.set(cookie, socket);
      sockets = present;
    },
    look(at, placeOf) {
      const all = [...sockets.values()];
      if (next >= all.length) next = 0;
      const chosen = [...all.slice(next), ...all.slice(0, next)].slice(0, readAtMost);
      next += chosen.length;
      const read = readSockets(
        Int32Array.from(chosen, ({ fd }) => fd),
        { readings, into: table },
      );
      const rows: ConnectionReading[] = [];
      for (const [i, socket] of chosen.slice(0, read.length).entries()) {
        const reading = readRow(socket, read.row(i));
        if (!reading) {
          sockets.delete(socket.cookie);
          continue;
        }
        if (isWaiting(reading)) socket.shownUntil = at + shownMs;
        // A UDP socket's drops mean something only against those of the look before: it is always shown.
        const isShown = reading.transport === "udp" || at <= socket.shownUntil;
        if (isShown && rows.length < rowsAtMost) rows.push({ ...reading, ...placeOf(reading) });
      }
      const udp = all.filter(({ transport }) => transport === "udp").length;
      return { rows, udp, unix: all.length - udp, read: chosen.length };
    },
  };
};
