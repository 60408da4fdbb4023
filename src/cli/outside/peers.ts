// What else is known of the peers that sockets in SYN-SENT wait for: other connections to them, when they were last heard,
// whether the path loses data, and their listener where it is in the same network namespace.
import type { Diag, DiagListener, InetDiagSocket } from "../../kernel/index.js";
import type { ConnectionReading, PeerReading } from "../../snapshot/connection.js";

export interface Peers {
  /** A new look begins. */
  begin(): void;
  see(socket: InetDiagSocket): void;
  /** Of those that these wait for; `undefined`: nobody waits, or not since the look before. */
  of(rows: readonly ConnectionReading[]): readonly PeerReading[] | undefined;
}

/** More are not remembered: what waits for a peer beyond stays unknown. */
const mostPeers = 1024;

interface Heard {
  lastMs: number;
  sentBytes: number;
  retransBytes: number;
}

const isEverywhere = (address: string): boolean => address === "0.0.0.0" || address === "::";

/** Whoever connects to its own address, or to 127.0.0.0/8, stays in this namespace. */
const isLocal = ({ localAddress, remoteAddress }: ConnectionReading): boolean =>
  remoteAddress !== undefined && (/^(?:::ffff:)?127\.|^::1$/.test(remoteAddress) || localAddress === remoteAddress);

/** Of a SO_REUSEPORT group the kernel chooses by a hash that nobody sees: the fullest may be the one. */
const listenerOf = (caller: ConnectionReading, listeners: readonly DiagListener[]): PeerReading["listener"] => {
  const [fullest] = listeners
    .filter(
      ({ port, address }) => port === caller.remotePort && (isEverywhere(address) || address === caller.remoteAddress),
    )
    .toSorted((a, b) => b.length - b.limit - (a.length - a.limit));
  return fullest && { length: fullest.length, limit: fullest.limit };
};

export const createPeers = (diag: Pick<Diag, "listeners">): Peers => {
  let heard = new Map<string, Heard>();
  /** `address port` → cookies of connections there. */
  let open = new Map<string, Set<bigint>>();
  let before: ReadonlyMap<string, ReadonlySet<bigint>> | undefined;
  /** … at the look before that one: a dump may miss a socket that is there, which is no new one when it is seen again. */
  let earlier: typeof before;
  /** Somebody waits, and did so when this look began: only then it is worth while. */
  let wanted = false;
  let gathers = false;

  const hear = ({ remoteAddress, tcpInfo }: InetDiagSocket): boolean => {
    const lastMs = tcpInfo?.lastAckRecvMs;
    const known = heard.get(remoteAddress) ?? { lastMs: Number.POSITIVE_INFINITY, sentBytes: 0, retransBytes: 0 };
    if (lastMs === undefined || (heard.size >= mostPeers && !heard.has(remoteAddress))) return false;
    // One byte is the SYN. Where nothing more was ever acknowledged, the peer may have dropped it with its own queue full.
    const carried = Number(tcpInfo?.bytesAcked ?? 0n) > 1;
    known.lastMs = Math.min(known.lastMs, lastMs);
    known.sentBytes += carried ? Number(tcpInfo?.bytesSent ?? 0n) : 0;
    known.retransBytes += carried ? Number(tcpInfo?.bytesRetrans ?? 0n) : 0;
    heard.set(remoteAddress, known);
    return true;
  };

  const readingOf = (caller: ConnectionReading, listeners: readonly DiagListener[]): PeerReading => {
    const { remoteAddress: address = "", remotePort: port = 0 } = caller;
    const place = `${address} ${port}`;
    const { lastMs, sentBytes = 0, retransBytes = 0 } = heard.get(address) ?? {};
    const isKnown = (cookie: bigint): boolean =>
      before?.get(place)?.has(cookie) || earlier?.get(place)?.has(cookie) || false;
    const opened = before ? [...(open.get(place) ?? [])].filter((cookie) => !isKnown(cookie)).length : 0;
    const retransShare = sentBytes > 0 ? retransBytes / sentBytes : undefined;
    const listener = isLocal(caller) ? listenerOf(caller, listeners) : undefined;
    return { address, port, opened, lastHeardMs: lastMs, retransShare, listener };
  };

  return {
    begin: () => {
      earlier = before;
      before = gathers ? open : undefined;
      gathers = wanted;
      wanted = false;
      heard = new Map();
      open = new Map();
    },
    see: (socket) => {
      const { state, remotePort } = socket;
      if (!gathers || remotePort === 0 || state === "SYN-SENT" || !hear(socket)) return;
      const place = `${socket.remoteAddress} ${remotePort}`;
      const cookies = open.get(place);
      if (cookies) cookies.add(socket.cookie);
      else if (open.size < mostPeers) open.set(place, new Set([socket.cookie]));
    },
    of: (rows) => {
      const waiting = rows.filter(({ state }) => state === "SYN-SENT");
      if (waiting.length === 0) return undefined;
      wanted = true;
      if (!gathers) return undefined;
      const places = new Map(waiting.map((row) => [`${row.remoteAddress} ${row.remotePort}`, row]));
      const listeners = waiting.some(isLocal) ? diag.listeners().rows : [];
      return [...places.values()].map((caller) => readingOf(caller, listeners));
    },
  };
};
