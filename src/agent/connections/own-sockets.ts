// The process's own sockets that are no listeners, as walks of its descriptors (proc_pid_fd(5)) find them. Identity is
// the cookie, a descriptor only leads to it; what does not change while a socket lives is read once and kept.
import type { SocketReading } from "../../kernel/socket-reading.js";
import { threadCpuMs } from "../../kernel/loops.js";
import { readSockets } from "../../kernel/sockets.js";
import { SocketTable } from "../../kernel/socket-table.js";
import { createCookieWalk, walkCookies } from "../../kernel/walk.js";
import type { OurSockets } from "../shown/our-sockets.js";
import type { ArrivedReading } from "../../snapshot/connection.js";
import type { TcpState } from "../../snapshot/tcp-state.js";

export interface OwnSocket {
  readonly cookie: bigint;
  /** The first of its descriptors. */
  fd: number;
  /** `undefined`: a kind of socket that is not looked at, known only so that it is not asked again. */
  readonly transport: "tcp" | "udp" | "unix" | undefined;
  readonly type?: "stream" | "dgram" | "raw" | "seqpacket" | undefined;
  readonly family?: "ipv4" | "ipv6" | undefined;
  readonly inode?: number | undefined;
  readonly localAddress?: string | undefined;
  readonly localPort?: number | undefined;
  /** Of a unix socket: its own name, and its peer's. */
  readonly path?: string | undefined;
  readonly remotePath?: string | undefined;
  /** Absent until a connection is established: getpeername(2) does not tell it before. */
  remoteAddress?: string | undefined;
  remotePort?: number | undefined;
  /** When a walk first met it; absent: it was there before the observer. */
  readonly foundAt?: number | undefined;
  /** As last read. */
  state?: TcpState | undefined;
  /** When it was last seen with empty queues: what tells, when it has closed, whether data came that nobody took. */
  arrived?: ArrivedReading | undefined;
  /** As last read. */
  bytesReceived?: number | undefined;
  bytesAcked?: number | undefined;
  retransmits?: number | undefined;
  /** Looks in a row that found memory in use: bytes to be read, sent or acknowledged. */
  heldLooks: number;
  /** Until when it is shown although it is quiet (monotonic ms): a rule must see how trouble ends. */
  shownUntil: number;
}

export interface OwnSockets {
  /** Walks the descriptors now. */
  walk(at: number): SocketsWalked | undefined;
  /** Without listeners and what is not looked at: the very same list while none comes or goes. */
  readonly all: readonly OwnSocket[];
  get(cookie: bigint): OwnSocket | undefined;
  /** It, also when it is among the last that have gone. */
  find(cookie: bigint): OwnSocket | undefined;
  /** It has gone: closed, or its descriptor is another socket's. */
  forget(socket: OwnSocket): void;
  /** Sockets that were met, and are not known yet. */
  readonly unread: number;
  /** Time in walks, ms. */
  readonly walksMs: number;
}

export interface SocketsWalked {
  /** A listener was met for the first time. */
  readonly listener: boolean;
  /** What the walk cost, ms, at most: on a busy machine the clock runs while others have the CPU. */
  readonly costMs: number;
}

const identity = [
  "cookieBefore",
  "listening",
  "type",
  "domain",
  "protocol",
  "local",
  "remote",
  "inode",
  "cookie",
] as const;
/** So many new ones at a walk. */
const newAtMost = 2048;
/** What a walk costs, ms, once its code is warm: for a socket that is known, and for a new one. */
const knownMs = 0.0015;
const newMs = 0.008;
const chunkSize = 512;
/** The kernel tells of an end later than the descriptor goes: a round trip, or retransmissions of the FIN. */
const goneAtMost = 2048;

const TCP = 6;
const MPTCP = 262;
const UDP = 17;

const transportOf = ({ domain, protocol }: SocketReading): OwnSocket["transport"] => {
  if (domain === "unix") return "unix";
  if (domain === undefined) return undefined;
  return protocol === TCP || protocol === MPTCP ? "tcp" : protocol === UDP ? "udp" : undefined;
};

const describe = (row: SocketReading, cookie: bigint, isOurs: boolean, foundAt: number | undefined): OwnSocket => {
  const { domain, fd, inode, type, local, remote, listening } = row;
  return {
    cookie,
    fd,
    transport: listening || isOurs ? undefined : transportOf(row),
    type,
    family: domain === "unix" ? undefined : domain,
    inode,
    localAddress: local?.address,
    localPort: local?.port,
    path: local?.path,
    remotePath: remote?.path,
    remoteAddress: remote?.address,
    remotePort: remote?.port,
    foundAt,
    heldLooks: 0,
    shownUntil: Number.NEGATIVE_INFINITY,
  };
};

/** Neither bound nor connected: it may be so in a moment, and is met again at the next walk. */
const isNameless = ({ transport, localPort, path, remotePath }: OwnSocket): boolean =>
  transport === "unix" ? !path && !remotePath : transport !== undefined && !localPort;

/** A descriptor and whose it was at the last walk; halves of the cookie, because a bigint costs more than all else. */
interface Held {
  readonly low: number;
  readonly high: number;
  readonly socket: OwnSocket;
}

/** `ours`: the agent's own, which are not looked at. */
export const createOwnSockets = (ours: Pick<OurSockets, "has">): OwnSockets => {
  const table = new SocketTable(0);
  const walked = createCookieWalk();
  /** The last walk was whole, and nobody was forgotten since. */
  let isSettled = false;
  /** Of those that it met: neither bound nor connected, or gone at once. */
  let nameless: readonly number[] = [];
  const sockets = new Map<bigint, OwnSocket>();
  let byFd = new Map<number, Held>();
  let all: readonly OwnSocket[] | undefined;
  let unread = 0;
  let walksMs = 0;
  /** All that was there before the observer is known. */
  let begun = false;

  const gone = new Map<bigint, OwnSocket>();
  const part = (socket: OwnSocket): void => {
    sockets.delete(socket.cookie);
    gone.set(socket.cookie, socket);
    for (const oldest of gone.keys()) {
      if (gone.size <= goneAtMost) return;
      gone.delete(oldest);
    }
  };
  /** Descriptors whose socket is known are taken over; the others are returned. */
  const recognise = (into: Map<number, Held>): number[] => {
    const { words, length } = walked;
    const unknown: number[] = [];
    for (let at = 0; at < 4 * length; at += 4) {
      const fd = words[at + 2]!;
      const held = byFd.get(fd);
      if (held && held.low === words[at] && held.high === words[at + 1]) into.set(fd, held);
      else unknown.push(fd);
    }
    return unknown;
  };
  const meet = (row: SocketReading, into: Map<number, Held>, foundAt: number | undefined): boolean => {
    const { cookie, fd } = row;
    if (cookie === undefined || !row.valid) return false;
    const socket = sockets.get(cookie) ?? describe(row, cookie, ours.has(cookie), foundAt);
    if (isNameless(socket)) return false;
    sockets.set(cookie, socket);
    into.set(fd, { low: Number(cookie & 0xffff_ffffn), high: Number(cookie >> 32n), socket });
    return row.listening === true;
  };
  const introduce = (unknown: readonly number[], into: Map<number, Held>, foundAt: number | undefined): boolean => {
    let listener = false;
    for (let from = 0; from < Math.min(unknown.length, newAtMost); from += chunkSize) {
      const fds = Int32Array.from(unknown.slice(from, from + chunkSize));
      for (const row of readSockets(fds, { readings: identity, into: table }))
        listener = meet(row, into, foundAt) || listener;
    }
    return listener;
  };
  /** One socket can be open under several descriptors, and the one that stood for it may have been closed. */
  const settle = (): void => {
    const present = new Set<OwnSocket>();
    for (const [fd, { socket }] of byFd) {
      if (present.has(socket)) continue;
      present.add(socket);
      socket.fd = fd;
    }
    if (present.size < sockets.size) for (const socket of sockets.values()) if (!present.has(socket)) part(socket);
    all = undefined;
  };

  const tell = (listener: boolean, fresh: number, began: number): SocketsWalked => {
    const tookMs = threadCpuMs() - began;
    walksMs += tookMs;
    return { listener, costMs: Math.min(tookMs, 1 + walked.length * knownMs + fresh * newMs) };
  };

  return {
    walk(at) {
      const began = threadCpuMs();
      if (!walkCookies(walked)) return undefined;
      const isSame = isSettled && walked.isSame;
      const [next, before] = [isSame ? byFd : new Map<number, Held>(), byFd.size];
      const unknown = isSame ? nameless : recognise(next);
      const known = next.size;
      const listener = introduce(unknown, next, begun ? at : undefined);
      unread = Math.max(0, unknown.length - newAtMost);
      begun ||= unread === 0;
      nameless = unknown.filter((fd) => !next.has(fd));
      isSettled = unread === 0 && !walked.partial;
      const hasChanged = known !== before || next.size !== known;
      // A walk that was cut short says nothing about those it did not meet.
      if (walked.partial) for (const [fd, held] of byFd) if (!next.has(fd)) next.set(fd, held);
      byFd = next;
      if (hasChanged) settle();
      return tell(listener, Math.min(unknown.length, newAtMost), began);
    },
    get all() {
      all ??= [...sockets.values()].filter(({ transport }) => transport !== undefined);
      return all;
    },
    get: (cookie) => sockets.get(cookie),
    find: (cookie) => sockets.get(cookie) ?? gone.get(cookie),
    forget(socket) {
      isSettled = false;
      if (byFd.get(socket.fd)?.socket === socket) byFd.delete(socket.fd);
      if (!sockets.has(socket.cookie)) return;
      part(socket);
      all = undefined;
    },
    get unread() {
      return unread;
    },
    get walksMs() {
      return walksMs;
    },
  };
};
