// The vocabulary of connections: what was seen of one socket that is not a listener. Field names of `tcp` and `mem`
// are those of the field tables (fields/tcp-info.ts, fields/mem-info.ts), so that a rule reads the kernel's words.
import type { memInfoFields } from "./fields/mem-info.js";
import type { tcpInfoFields } from "./fields/tcp-info.js";
import type { HistogramReading } from "./histogram.js";
import type { CaState, TcpState } from "./tcp-state.js";

/** Numeric fields of tcp_info; a field that the kernel did not return is absent. */
export type TcpFigures = Readonly<
  Partial<Record<Exclude<keyof typeof tcpInfoFields, "state" | "caState" | "appLimited">, number>>
>;
/** SO_MEMINFO; absent where it could not be read. */
export type MemFigures = Readonly<Partial<Record<keyof typeof memInfoFields, number>>>;

/** One socket of the process (or, from outside, of another), not a listener. */
export interface ConnectionReading {
  /** SO_COOKIE: identity; descriptors are reused, cookies are not. */
  readonly cookie: bigint;
  readonly transport: "tcp" | "udp" | "unix";
  readonly family?: "ipv4" | "ipv6" | undefined;
  readonly fd?: number | undefined;
  readonly inode?: number | undefined;
  readonly pid?: number | undefined;
  readonly state?: TcpState | undefined;
  readonly localAddress?: string | undefined;
  readonly localPort?: number | undefined;
  readonly remoteAddress?: string | undefined;
  readonly remotePort?: number | undefined;
  readonly path?: string | undefined;
  /** `server`: its local port is one of the process's listeners; `client`: it is not. */
  readonly role?: "server" | "client" | undefined;
  /** `LoopReading.id` of the loop that serves it; `undefined` = not known. */
  readonly loop?: number | undefined;
  /** Arrived, not read: SIOCINQ. */
  readonly recvQBytes?: number | undefined;
  /** Written, not acknowledged: SIOCOUTQ. */
  readonly sendQBytes?: number | undefined;
  /** Written, not sent: SIOCOUTQNSD, tcpi_notsent_bytes. */
  readonly notSentBytes?: number | undefined;
  readonly tcp?: TcpFigures | undefined;
  readonly caState?: CaState | undefined;
  /** tcpi_delivery_rate_app_limited: the delivery rate is only a lower bound. */
  readonly appLimited?: boolean | undefined;
  readonly mem?: MemFigures | undefined;
  /** Congestion control (`cubic`, `bbr`), where it was asked for. */
  readonly congestion?: string | undefined;
  /** inet_diag timer, where sock_diag was asked: which, ms until it fires, how often it has. */
  readonly timer?: { readonly kind: TimerKind; readonly expiresMs: number; readonly retransmits: number } | undefined;
  /** Node's side, where the main thread answered. */
  readonly node?: NodeSide | undefined;
}

/** inet_diag `idiag_timer` (net/ipv4/inet_diag.c): 1, 2, 3, 4. */
export type TimerKind = "retransmit" | "keepalive" | "time-wait" | "zero-window-probe";

/** What Node's stream knows of a socket; asked by message, only for sockets that a finding concerns. */
export interface NodeSide {
  /** Bytes Node holds that the kernel has not taken (`socket.writableLength`). */
  readonly writableLength?: number | undefined;
  readonly writableHighWaterMark?: number | undefined;
  readonly writableNeedDrain?: boolean | undefined;
  readonly readableLength?: number | undefined;
  readonly readableHighWaterMark?: number | undefined;
  /** true: flowing; false: paused; null: nobody reads yet. */
  readonly readableFlowing?: boolean | null | undefined;
  /** false: Node has told the kernel's side to stop (`handle.reading`), whatever the stream's mode. */
  readonly reading?: boolean | undefined;
  /** Bytes of this socket that Node has read from the kernel, and that the kernel has taken from Node; ever. */
  readonly readBytes?: number | undefined;
  readonly takenBytes?: number | undefined;
  readonly noDelay?: boolean | undefined;
  readonly allowHalfOpen?: boolean | undefined;
  readonly timeoutMs?: number | undefined;
  /** `server.keepAliveTimeout` of the HTTP server it belongs to. */
  readonly keepAliveTimeoutMs?: number | undefined;
  /** Where the socket was made, innermost first: `name (file:line:column)`; only with `detail: "connections"`. */
  readonly stack?: readonly string[] | undefined;
  /** Where it was last paused, likewise. */
  readonly pausedAt?: readonly string[] | undefined;
}

/** The connections of one look: those worth a closer look, and how many there are in all. */
export interface ConnectionsReading {
  /** Only some sockets that are in trouble were looked at; of all others nothing is said, nor have they gone. */
  readonly followedOnly?: boolean | undefined;
  /** So long at least until the next look at all, which has to earn it (a dump of the host's table). Absent: an interval. */
  readonly pauseMs?: number | undefined;
  readonly rows: readonly ConnectionReading[];
  /** Sockets of the process, by TCP state (`udp`, `unix` for the others). */
  readonly counts: Readonly<Record<string, number>>;
  /** How many sockets were read for this look; fewer than there are when it sampled. */
  readonly read: number;
  readonly total: number;
  /** TCP sockets of those that held nothing: their queues are empty, and they have no row. */
  readonly empty?: number | undefined;
  /** What the sockets tell that are read in turn, whether they have a row or not. */
  readonly census?: CensusReading | undefined;
  /** sysctl `net.ipv4.tcp_retries2`: after how many timeouts the kernel gives a connection up. */
  readonly tcpRetries2?: number | undefined;
  /** Peers that sockets in SYN-SENT wait for: what else is known of them. */
  readonly peers?: readonly PeerReading[] | undefined;
  /** Connections at the process's listening ports that ended since the look before, where the kernel tells. */
  readonly closed?: ClosesReading | undefined;
  /** connect(2) calls that failed, where they were seen: cumulative since the observer began, "at least". */
  readonly connectFailures?: readonly ConnectFailureReading[] | undefined;
  /** How long connect(2) calls took (`detail: 'connections'`), by place; cumulative. */
  readonly connectTimes?: readonly ConnectTimeReading[] | undefined;
  /** Local ports in use, for places where connect(2) found none free. */
  readonly ports?: readonly PortUseReading[] | undefined;
}

/** Of TCP sockets, some at each look and each of them in turn; cumulative since the observer began. */
export interface CensusReading {
  /** Smoothed round-trip times of established connections, seconds, by `rttBounds`. */
  readonly rtt: HistogramReading;
  /** Segments sent again, as last read of each. */
  readonly retransmits: number;
}

/** Sockets of the process to one remote address and port. */
export interface PeerReading {
  readonly address: string;
  readonly port: number;
  /** Connections to that address and port that came about since the look before, or since those that wait began to. */
  readonly opened: number;
  /** Part of the bytes sent to that address that were sent again, over its connections that carried any. */
  readonly retransShare?: number | undefined;
  /** Milliseconds since anything at all came from that address, on any connection; absent: nothing known. */
  readonly lastHeardMs?: number | undefined;
  /** The listener there, where it is in the own network namespace: connections in its accept queue, and the limit. */
  readonly listener?: { readonly length: number; readonly limit: number } | undefined;
}

/** What the kernel told of closed sockets (destroy multicast of sock_diag). */
export interface ClosesReading {
  /** Those that did not end in order: bytes unread, data refused. Bounded. */
  readonly rows: readonly ClosedReading[];
  /** All that were told of. */
  readonly count: number;
  /** Ends that were not seen: found no room, or came while too many closed; at most. */
  readonly lost: number;
  /** Of those told of, by local port, the ones that no walk of the descriptors had met: they came and went between two. */
  readonly unmet?: Readonly<Record<string, number>> | undefined;
}

/** tcp_info's counters of what the peer sent: segments with data, bytes of them that were taken. */
export interface ArrivedReading {
  readonly dataSegsIn?: number | undefined;
  readonly bytesReceived?: number | undefined;
}

/** A socket as the kernel last saw it: `recvQBytes` was never read, `sendQBytes` never acknowledged; a FIN counts one. */
export interface ClosedReading extends ConnectionReading {
  /** What had arrived, and was read, when it was last seen open with empty queues. */
  readonly before?: ArrivedReading | undefined;
  /** Its timewait socket was gone before its time and RSTs were sent: something came after all was closed in order. */
  readonly answeredWithReset?: boolean | undefined;
  /** Never seen among the process's descriptors: that its port is a listener's makes it ours, as an estimate. */
  readonly estimated?: boolean | undefined;
}

/**
 * What connect(2) returned, asynchronously or at once. EAGAIN: a unix listener whose queue is full. ABANDONED is none of the
 * kernel's: the application closed the socket after a second and more without an answer.
 */
export const connectErrors = [
  "ECONNREFUSED",
  "EADDRNOTAVAIL",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EAGAIN",
  "ABANDONED",
] as const;
export type ConnectError = (typeof connectErrors)[number];

/** Where connect(2) was to go. */
export interface ConnectPlace {
  readonly address?: string | undefined;
  readonly port?: number | undefined;
  /** Of a unix socket. */
  readonly path?: string | undefined;
}

export interface ConnectFailureReading extends ConnectPlace {
  readonly code: ConnectError;
  readonly count: number;
}

/** Upper bounds of the buckets of `ConnectTimeReading`, ms; what took longer is in one more. */
export const connectTimeBoundsMs = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000] as const;

export interface ConnectTimeReading extends ConnectPlace {
  readonly count: number;
  readonly sumMs: number;
  readonly slowestMs: number;
  /** Connects by the time they took: one number for each of `connectTimeBoundsMs`, and one for longer. */
  readonly buckets: readonly number[];
}

/** The local ports that sockets of this network namespace hold against one address and port. */
export interface PortUseReading {
  readonly address: string;
  readonly port: number;
  /** Ports of `ip_local_port_range`. */
  readonly range: number;
  /** Of them in use from the local address that uses most. */
  readonly inUse: number;
  /** Of those in TIME-WAIT. */
  readonly timeWait: number;
}
