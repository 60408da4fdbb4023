// The shared vocabulary: what was seen at one moment. The running kernel, another process seen from outside
// and the model all produce this type; the explainer cannot tell which it reads.
//
// Plain data. A reading that was not taken, or that this kernel does not have, is `undefined`, never 0.
// Counters are cumulative as the kernel keeps them; whoever compares two snapshots takes the difference.

import type { ConnectionsReading } from "./connection.js";
import type { NetworkReading } from "./network.js";

/** One look at a process, its listeners and the kernel around them. */
export interface Snapshot {
  /** Wall clock, epoch milliseconds. */
  readonly time: number;
  /** Monotonic clock, milliseconds; only differences mean anything. */
  readonly at: number;
  /** Who looked: the observer thread of the process itself, another process, or the model. */
  readonly source: "process" | "outside" | "model";
  readonly process?: ProcessReading | undefined;
  readonly host?: HostReading | undefined;
  /** Event loops of this process that are known; empty where they cannot be seen (from outside). */
  readonly loops: readonly LoopReading[];
  /** Listeners, without the agent's own. SO_REUSEPORT members are separate rows. */
  readonly listeners: readonly ListenerReading[];
  /** No other TCP listener is in the network namespace, as of a look some seconds ago: what it counts is this process's. */
  readonly alone?: boolean | undefined;
  /** Sockets that are no listeners, when they were read for this snapshot. */
  readonly connections?: ConnectionsReading | undefined;
  /** What lies below the sockets, when it was read for this snapshot: at a slower pace than everything else. */
  readonly network?: NetworkReading | undefined;
  /** Counters of the network namespace (kernel spelling), when they were read for this snapshot. */
  readonly counters?: Counters | undefined;
  readonly sysctl?: Sysctls | undefined;
  /** JavaScript that was found blocking a loop since the previous snapshot. */
  readonly stalls?: readonly StallCapture[] | undefined;
  /** What looking cost, at the reporting interval. */
  readonly self?: SelfReading | undefined;
  /** Readings that were wanted and could not be had. */
  readonly missing?: readonly Missing[] | undefined;
}

/** What the observer has spent since it began. */
export interface SelfReading {
  /** Time in walks of the descriptors and in looks at connections, ms. */
  readonly connectionsMs: number;
  /** Sockets read by them: once for each pass that met them. */
  readonly socketsRead: number;
  /** Time of the main thread in answers about sockets, ms. */
  readonly answersMs: number;
}

/** A listening socket. */
export interface ListenerReading {
  /** SO_COOKIE: the socket's identity; descriptors are reused, cookies are not. */
  readonly cookie: bigint;
  readonly transport: "tcp" | "unix";
  readonly family?: "ipv4" | "ipv6" | undefined;
  /** Local address as text (`0.0.0.0`, `::`, `127.0.0.1`); `undefined` for unix. */
  readonly address?: string | undefined;
  readonly port?: number | undefined;
  /** Path of a unix listener; an abstract name begins with `@`. */
  readonly path?: string | undefined;
  readonly inode?: number | undefined;
  readonly fd?: number | undefined;
  /** The process that holds it, where known. */
  readonly pid?: number | undefined;
  /** `LoopReading.id` of the loop that accepts for it; `undefined` = not known. */
  readonly loop?: number | undefined;
  /** Connections in the accept queue now (TCP_INFO `tcpi_unacked` of a LISTEN socket; unix_diag rqueue). */
  readonly length: number;
  /** The limit as the kernel holds it (`tcpi_sacked`); limit + 1 connections fit (kernel `sk_acceptq_is_full`). */
  readonly limit: number;
  /** Segments dropped at this listener since it exists (SO_MEMINFO[8]), 32 bits that wrap; `undefined` for unix. */
  readonly drops?: number | undefined;
  /** What the application asked for in listen(2), where the call was seen. */
  readonly listenBacklog?: number | undefined;
  /** Half-open connections (SYN_RECV) on its port, when they were counted for this snapshot. */
  readonly synRecv?: number | undefined;
  /** Who waits in the accept queue, when it was looked at for this snapshot. */
  readonly waiting?: WaitingReading | undefined;
  /** The process's own connections on this port, when its descriptors were walked for this snapshot. */
  readonly owned?: OwnedReading | undefined;
  /** How long connections accepted since the previous snapshot had waited, read at accept (`detail: 'connections'`). */
  readonly acceptWaitsMs?: readonly number[] | undefined;
  /** True in a cluster primary that hands out the connections of this listener itself (SCHED_RR). */
  readonly roundRobin?: boolean | undefined;
  /** `server.maxConnections`, where set. */
  readonly maxConnections?: number | undefined;
  /** Connections that net.Server closed at once because of `maxConnections` ('drop' events), cumulative. */
  readonly refused?: number | undefined;
  /** `server.keepAliveTimeout` of an HTTP server, as set when it began to listen; 0: none. */
  readonly keepAliveTimeoutMs?: number | undefined;
  /** The connections are TLS: what ends them is data, too. */
  readonly tls?: boolean | undefined;
}

/** The residents of an accept queue, seen by sock_diag (inode 0, state ESTAB or CLOSE_WAIT, the listener's port). */
export interface WaitingReading {
  readonly connections: readonly WaitingConnection[];
  /** The dump was cut short or interrupted: some may be missing. Never true means complete, see sock_diag(7). */
  readonly partial: boolean;
}

export interface WaitingConnection {
  readonly cookie: bigint;
  /** Of the socket, as its listener's: tells listeners of one port apart (a dual-stack one has only ipv6). */
  readonly family?: "ipv4" | "ipv6" | undefined;
  /** Milliseconds since the handshake was completed (`tcpi_last_data_sent` of a socket that has not sent). */
  readonly ageMs: number;
  /** CLOSE_WAIT: the peer has already closed. */
  readonly state: "ESTAB" | "CLOSE_WAIT";
  readonly recvQBytes: number;
}

export interface OwnedReading {
  /** Connections on the listener's port that this process holds now. */
  readonly count: number;
  /** Connections newly seen among its descriptors since the observer began: an estimate of accepts from below. */
  readonly accepted: number;
  /** Ages (ms) of held connections on which nothing was ever sent or read: where a cluster primary's queue shows. */
  readonly untouchedMs?: readonly number[] | undefined;
}

/** An event loop and the thread that runs it. */
export interface LoopReading {
  readonly id: number;
  /** Kernel thread id. */
  readonly tid: number;
  readonly main: boolean;
  /** Cumulative time in epoll_wait (libuv `uv_metrics_idle_time`), ms. Stands still while the loop is busy. */
  readonly idleMs?: number | undefined;
  /** Iterations so far (libuv `loop_count`). Idle time still, count moving: saturated. Both still: blocked. */
  readonly iterations?: number | undefined;
  readonly task?: TaskReading | undefined;
}

/** One kernel thread: /proc/PID/task/TID/{stat,schedstat}. */
export interface TaskReading {
  /** R running, S sleeping, D disk sleep, T stopped, t traced, Z zombie. */
  readonly state: string;
  /** Time on a CPU, ms, cumulative (schedstat field 1). */
  readonly cpuMs?: number | undefined;
  /** Time runnable but waiting for a CPU, ms, cumulative (schedstat field 2); contains cgroup throttling. */
  readonly runqueueMs?: number | undefined;
  /** Kernel function in which it sleeps, where readable (`ep_poll` = idle in epoll_wait). */
  readonly wchan?: string | undefined;
}

export interface ProcessReading {
  readonly pid: number;
  readonly fds?: { readonly open: number; readonly limit: number } | undefined;
  /** CPU bandwidth control of its cgroup (v1 cpu.stat or v2 cpu.stat). */
  readonly cpuQuota?: CpuQuotaReading | undefined;
  /** cgroup.events `frozen` (v2) or freezer.state (v1). */
  readonly frozen?: boolean | undefined;
  /** How much later than due the observer itself ran before this snapshot, ms: the whole process stood still. */
  readonly observerLateMs?: number | undefined;
  /** The observer thread's own /proc figures: what it waited for a CPU is no stop. */
  readonly observer?: TaskReading | undefined;
}

export interface CpuQuotaReading {
  readonly periods: number;
  readonly throttledPeriods: number;
  readonly throttledMs: number;
}

export interface HostReading {
  readonly cpus: number;
  /** Time stolen by the hypervisor, summed over CPUs, ms, cumulative (/proc/stat `steal`). */
  readonly stealMs?: number | undefined;
}

/** Counters of /proc/net/netstat and /proc/net/snmp by the kernel's own names; an older kernel lacks some. */
export type Counters = Readonly<Partial<Record<CounterName, number>>>;

/** The counters that findings are told from (kernel net/ipv4/proc.c): the accept path's, the receive queues', how
 * connections begin and end, memory's. */
export const counterNames = [
  "ListenOverflows",
  "ListenDrops",
  "TCPReqQFullDrop",
  "TCPReqQFullDoCookies",
  "SyncookiesSent",
  "SyncookiesRecv",
  "SyncookiesFailed",
  "EmbryonicRsts",
  "TCPDeferAcceptDrop",
  "PassiveOpens",
  "AttemptFails",
  "EstabResets",
  "OutRsts",
  "RcvPruned",
  "TCPRcvQDrop",
  "TCPMemoryPressures",
  "TCPAbortOnClose",
  "TCPAbortOnData",
  "ActiveOpens",
  "TCPAbortOnMemory",
  "RetransSegs",
] as const;
export type CounterName = (typeof counterNames)[number];

/** Kernel settings of the network namespace that the accept path depends on. */
export interface Sysctls {
  readonly somaxconn?: number | undefined;
  readonly tcp_max_syn_backlog?: number | undefined;
  readonly tcp_syncookies?: number | undefined;
  readonly tcp_abort_on_overflow?: number | undefined;
  readonly tcp_syn_linear_timeouts?: number | undefined;
  readonly tcp_synack_retries?: number | undefined;
  readonly tcp_syn_retries?: number | undefined;
}

/** What was found when a blocked loop was asked for its JavaScript stack, once a stall. */
export interface StallCapture {
  /** `LoopReading.id`. */
  readonly loop: number;
  /** Monotonic ms (same clock as `Snapshot.at`) at which the loop was last seen turning. */
  readonly sinceAt: number;
  /** Frames outside Node's own code, innermost first: `name (file:line:column)`. Empty: see `note`. */
  readonly frames: readonly string[];
  /** False: the answer came after the blocking call had returned; the first frame is only "called from". */
  readonly exact: boolean;
  /** What the look took of the main thread, ms, as seen from outside: within its scheduling, some ms either way. */
  readonly pauseMs?: number | undefined;
  /** Why there is no stack, or what limits it. */
  readonly note?: string | undefined;
}

/** A reading that could not be had, and why: `{ source: "TCP_INFO", reason: "EPERM …" }`. */
export interface Missing {
  readonly source: string;
  readonly reason: string;
}
