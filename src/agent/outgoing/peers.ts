// What else is known of the peers that own sockets in SYN-SENT wait for: whether other connections to them came about, when
// anything was last heard from there, whether the path loses data, and their listener where it is on this host.
import type { Diag } from "../../kernel/diag.js";
import type { DiagListener } from "../../kernel/diag-listeners.js";
import { readSockets } from "../../kernel/sockets.js";
import { SocketTable } from "../../kernel/socket-table.js";
import type { TcpInfo } from "../../kernel/tcp-info.js";
import type { PeerReading } from "../../snapshot/connection.js";
import type { TcpState } from "../../snapshot/tcp-state.js";

/** An own TCP socket. */
export interface PeerSocket {
  readonly fd: number;
  readonly cookie: bigint;
  readonly localAddress?: string | undefined;
  readonly remoteAddress?: string | undefined;
  readonly remotePort?: number | undefined;
  readonly state?: TcpState | undefined;
  /** When a walk first found it; absent: it was there before the observer. */
  readonly foundAt?: number | undefined;
}

const maxPeers = 64;
/** Of one address so many connections are read: any of them may have been heard from last. */
const maxSockets = 256;

interface Heard {
  readonly lastHeardMs: number;
  readonly sentBytes: number;
  readonly retransBytes: number;
}

const heardBy = (info: TcpInfo): Heard | undefined => {
  const { state, lastAckRecvMs, lastDataRecvMs, bytesAcked = 0n, bytesSent = 0n, bytesRetrans = 0n } = info;
  // Of a socket that was never established the kernel's clocks stand at the system's start.
  if (state === "SYN-SENT" || state === "UNCONN" || lastAckRecvMs === undefined) return undefined;
  // One byte is the SYN. Where nothing more was ever acknowledged, the peer may have dropped it with its own queue full.
  const carried = Number(bytesAcked) > 1;
  return {
    lastHeardMs: Math.min(lastAckRecvMs, lastDataRecvMs ?? lastAckRecvMs),
    sentBytes: carried ? Number(bytesSent) : 0,
    retransBytes: carried ? Number(bytesRetrans) : 0,
  };
};

const table = new SocketTable(16);

const hear = (sockets: readonly PeerSocket[]): Pick<PeerReading, "lastHeardMs" | "retransShare"> => {
  const read = readSockets(
    Int32Array.from(sockets.slice(0, maxSockets), ({ fd }) => fd),
    { readings: ["cookieBefore", "tcpInfo", "cookie"], into: table },
  );
  const heard: Heard[] = [];
  for (const [i, { cookie }] of sockets.slice(0, read.length).entries()) {
    const row = read.row(i);
    const one = row.valid && row.cookie === cookie && row.tcpInfo ? heardBy(row.tcpInfo) : undefined;
    if (one) heard.push(one);
  }
  if (heard.length === 0) return {};
  const sent = heard.reduce((sum, { sentBytes }) => sum + sentBytes, 0);
  const again = heard.reduce((sum, { retransBytes }) => sum + retransBytes, 0);
  return {
    lastHeardMs: Math.min(...heard.map(({ lastHeardMs }) => lastHeardMs)),
    retransShare: sent > 0 ? again / sent : undefined,
  };
};

const any = new Set(["0.0.0.0", "::"]);

/** Whoever connects to its own address, or to 127.0.0.0/8, stays on this host. */
const isLocal = ({ localAddress, remoteAddress }: PeerSocket): boolean =>
  remoteAddress !== undefined && (/^(?:::ffff:)?127\.|^::1$/.test(remoteAddress) || localAddress === remoteAddress);

const listenerOf = (caller: PeerSocket, listeners: readonly DiagListener[]): PeerReading["listener"] => {
  const found = listeners.filter(
    ({ port, address }) => port === caller.remotePort && (any.has(address) || address === caller.remoteAddress),
  );
  // Of a SO_REUSEPORT group the kernel chooses by a hash that nobody sees: it may be any of them.
  const [worst] = found.toSorted((a, b) => b.length - b.limit - (a.length - a.limit));
  return worst && { length: worst.length, limit: worst.limit };
};

const isEstablished = ({ state }: PeerSocket): boolean =>
  state !== "SYN-SENT" && state !== "UNCONN" && state !== undefined;

/** `callers`: those that wait for an answer; `lookedAt`: the look before. */
export const readPeers = (
  callers: readonly PeerSocket[],
  all: readonly PeerSocket[],
  lookedAt: number,
  diag: Pick<Diag, "listeners"> | undefined,
): readonly PeerReading[] => {
  const waiting = new Set(callers);
  const places = new Map<string, PeerSocket[]>();
  for (const caller of callers) {
    const place = `${caller.remoteAddress} ${caller.remotePort}`;
    const here = places.get(place);
    if (here) here.push(caller);
    else places.set(place, [caller]);
  }
  let listeners: readonly DiagListener[] | undefined;
  return [...places.values()].slice(0, maxPeers).flatMap((here): PeerReading[] => {
    const [caller] = here;
    const { remoteAddress: address, remotePort: port } = caller!;
    if (address === undefined || port === undefined) return [];
    const since = Math.min(lookedAt, ...here.map(({ foundAt }) => (foundAt ?? lookedAt) - 1));
    const sameHost = all.filter(({ remoteAddress }) => remoteAddress === address);
    const opened = sameHost.filter(
      (socket) =>
        socket.remotePort === port &&
        isEstablished(socket) &&
        !waiting.has(socket) &&
        (socket.foundAt ?? since) > since,
    ).length;
    if (isLocal(caller!)) listeners ??= diag?.listeners().rows;
    const listener = isLocal(caller!) && listeners ? listenerOf(caller!, listeners) : undefined;
    return [{ address, port, opened, ...hear(sameHost.filter((socket) => !waiting.has(socket))), listener }];
  });
};
