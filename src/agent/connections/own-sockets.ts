// The process's own sockets that are no listeners, as walks of its descriptors (proc_pid_fd(5)) found them. Identity is
// the cookie, a descriptor only leads to it; what does not change while a socket lives is kept, so that it is read once.
import type { SocketReading } from "../../kernel/socket-reading.js";
import type { SocketWalk } from "../../kernel/walk.js";
import type { TcpState } from "../../snapshot/tcp-state.js";

export interface OwnSocket {
  readonly cookie: bigint;
  readonly fd: number;
  readonly transport: "tcp";
  readonly family: "ipv4" | "ipv6";
  readonly inode?: number | undefined;
  readonly localAddress?: string | undefined;
  readonly localPort?: number | undefined;
  /** Absent until a connection is established: getpeername(2) does not tell it before. */
  remoteAddress?: string | undefined;
  remotePort?: number | undefined;
  /** When a walk first met it; absent: it was there before the observer. */
  readonly foundAt?: number | undefined;
  /** As last read. */
  state?: TcpState | undefined;
  /** As last read: what tells, when it has closed, whether data came that nobody took. */
  dataSegsIn?: number | undefined;
  bytesReceived?: number | undefined;
  /** Looks in a row that found memory in use: bytes to be read, sent or acknowledged. */
  heldLooks: number;
  /** Until when it is shown although it is quiet (monotonic ms): a rule must see how trouble ends. */
  shownUntil: number;
}

export interface OwnSockets {
  /** Takes over what a walk found at this moment. */
  found(walk: SocketWalk, at: number): void;
  /** In an order that changes only where sockets come and go. */
  readonly all: readonly OwnSocket[];
  has(cookie: bigint): boolean;
  /** It, also when it is among the last that have gone. */
  find(cookie: bigint): OwnSocket | undefined;
  /** It has gone: closed, or its descriptor is another socket's. */
  forget(socket: OwnSocket): void;
}

const TCP = 6;
/** The kernel tells of an end later than the descriptor goes: a round trip, or retransmissions of the FIN. */
const goneAtMost = 2048;

const describe = (row: SocketReading, foundAt: number | undefined): OwnSocket | undefined => {
  const { cookie, domain, fd, inode } = row;
  if (cookie === undefined || (domain !== "ipv4" && domain !== "ipv6") || row.protocol !== TCP) return undefined;
  const { local, remote } = row;
  return {
    cookie,
    fd,
    transport: "tcp",
    family: domain,
    inode,
    localAddress: local?.address,
    localPort: local?.port,
    remoteAddress: remote?.address,
    remotePort: remote?.port,
    foundAt,
    heldLooks: 0,
    shownUntil: Number.NEGATIVE_INFINITY,
  };
};

export const createOwnSockets = (): OwnSockets => {
  let sockets = new Map<bigint, OwnSocket>();
  let all: readonly OwnSocket[] | undefined;
  let begun = false;
  const gone = new Map<bigint, OwnSocket>();
  const part = (socket: OwnSocket): void => {
    gone.set(socket.cookie, socket);
    for (const oldest of gone.keys()) {
      if (gone.size <= goneAtMost) return;
      gone.delete(oldest);
    }
  };
  return {
    found(walk, at) {
      const foundAt = begun ? at : undefined;
      begun = true;
      const present = new Map<bigint, OwnSocket>();
      for (const row of walk) {
        const { cookie } = row;
        if (row.listening !== false || !row.valid || cookie === undefined || present.has(cookie)) continue;
        const known = sockets.get(cookie);
        const socket = known?.fd === row.fd ? known : describe(row, foundAt);
        if (socket) present.set(cookie, socket);
      }
      for (const [cookie, socket] of sockets) {
        if (present.has(cookie)) continue;
        // A walk that was cut short says nothing about those it did not meet.
        if (walk.partial) present.set(cookie, socket);
        else part(socket);
      }
      sockets = present;
      all = undefined;
    },
    get all() {
      all ??= [...sockets.values()];
      return all;
    },
    has: (cookie) => sockets.has(cookie),
    find: (cookie) => sockets.get(cookie) ?? gone.get(cookie),
    forget(socket) {
      if (sockets.get(socket.cookie) !== socket) return;
      sockets.delete(socket.cookie);
      part(socket);
      all = undefined;
    },
  };
};
