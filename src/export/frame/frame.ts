// A frame: one reporting interval as plain JSON, ready to be drawn. The live page, the terminal view, the flight recorder
// and the report all show frames, so they show the same figures.
//
// Rates and differences are of this frame's own interval; what was not read is absent, never 0. Every list is bounded.
import type { Finding } from "../../explain/finding.js";

/** One reporting interval of one process. */
export interface Frame {
  readonly v: 1;
  /** Wall clock at its end, epoch ms. */
  readonly time: number;
  /** Monotonic clock at its end, ms; only differences mean anything. */
  readonly at: number;
  /** Since the frame before; absent in the first. */
  readonly intervalMs?: number | undefined;
  readonly source: "process" | "outside" | "model";
  readonly process?: FrameProcess | undefined;
  readonly loops: readonly FrameLoop[];
  readonly listeners: readonly FrameListener[];
  /** Listeners beyond those shown. */
  readonly moreListeners?: number | undefined;
  readonly connections?: FrameConnections | undefined;
  readonly network?: FrameNetwork | undefined;
  /** Kernel counters of the network namespace that moved, by the kernel's names: by how much. */
  readonly counters?: Readonly<Record<string, number>> | undefined;
  readonly stalls: readonly FrameStall[];
  /** Active ones, then those resolved within the last minute. */
  readonly findings: readonly Finding[];
  /** Readings that could not be had. */
  readonly missing?: readonly { readonly source: string; readonly reason: string }[] | undefined;
  /** CPU time of the observer, share of one core. */
  readonly observerShare?: number | undefined;
  /** Frames before this one that this viewer was not given, because it read too slowly. */
  readonly lost?: number | undefined;
}

export interface FrameProcess {
  readonly pid: number;
  /** Share of one core that the main thread took. */
  readonly mainCpuShare?: number | undefined;
  /** Share of the interval for which the main thread was runnable and waited for a CPU. */
  readonly mainWaitShare?: number | undefined;
  readonly fds?: { readonly open: number; readonly limit: number } | undefined;
  /** Milliseconds of this interval for which the CPU quota held the cgroup back. */
  readonly throttledMs?: number | undefined;
}

export interface FrameLoop {
  readonly id: number;
  readonly main: boolean;
  /** Share of the interval it waited for events: 0 busy all the time, 1 idle. */
  readonly idleShare?: number | undefined;
  readonly iterations?: number | undefined;
  /** The longest that it was seen to neither turn nor sleep; a stall that began before the interval counts whole. */
  readonly stalledMs?: number | undefined;
}

/** A look within the interval: ms before the frame's end, connections in the accept queue, segments dropped since the look before. */
export type QueuePoint = readonly [beforeMs: number, length: number, dropped: number];

export interface FrameListener {
  /** `0.0.0.0:3000`, `[::]:80`, a unix path; the same listener has the same id in every frame. Members of a SO_REUSEPORT group share one row: sums. */
  readonly id: string;
  readonly transport: "tcp" | "unix";
  readonly address?: string | undefined;
  readonly port?: number | undefined;
  readonly path?: string | undefined;
  /** Who holds it, where several processes are looked at. */
  readonly pid?: number | undefined;
  /** Connections in the accept queue now; limit + 1 fit. */
  readonly length: number;
  readonly limit: number;
  /** Sockets of a SO_REUSEPORT group behind this row, where there are several: limit + members fit. */
  readonly members?: number | undefined;
  /** What listen(2) was asked for. */
  readonly listenBacklog?: number | undefined;
  /** Highest length of the interval. */
  readonly peak: number;
  /** Segments dropped within the interval, and since the listener exists. */
  readonly dropped?: number | undefined;
  readonly drops?: number | undefined;
  /**
   * Accepted within the interval: an estimate, unless this is the network namespace's only TCP listener or with
   * `detail: 'connections'`.
   */
  readonly accepted?: number | undefined;
  /** Half-open connections, when they were counted. */
  readonly synRecv?: number | undefined;
  /** Age of the oldest that waits, when it was looked at. */
  readonly oldestMs?: number | undefined;
  /** Looks within the interval, oldest first; at most 60. */
  readonly points: readonly QueuePoint[];
}

export interface FrameConnections {
  /** Sockets that are no listeners. */
  readonly total: number;
  /** Of them read within the interval. */
  readonly read: number;
  /** By TCP state; `udp`, `unix` for the others. */
  readonly byState: Readonly<Record<string, number>>;
  /** Bytes in the queues of the rows below and of those beyond them. */
  readonly recvQBytes: number;
  readonly sendQBytes: number;
  readonly notSentBytes: number;
  /** Worst first, at most 50. */
  readonly rows: readonly FrameConnection[];
}

export interface FrameConnection {
  /** SO_COOKIE in decimal: the socket's identity. */
  readonly id: string;
  readonly transport: "tcp" | "udp" | "unix";
  readonly role?: "server" | "client" | undefined;
  readonly state?: string | undefined;
  readonly local?: string | undefined;
  readonly remote?: string | undefined;
  /** Who holds it, where several processes are looked at. */
  readonly pid?: number | undefined;
  readonly fd?: number | undefined;
  readonly recvQBytes?: number | undefined;
  readonly sendQBytes?: number | undefined;
  readonly notSentBytes?: number | undefined;
  readonly rttMs?: number | undefined;
  readonly minRttMs?: number | undefined;
  /** The window that the peer offers us, and that we offer, bytes. */
  readonly peerWindowBytes?: number | undefined;
  readonly ownWindowBytes?: number | undefined;
  /** Congestion window, segments. */
  readonly congestionWindow?: number | undefined;
  /** Segments sent again within the interval. */
  readonly retransmitted?: number | undefined;
  /** Bytes per second that were acknowledged, and received, within the interval. */
  readonly sendRate?: number | undefined;
  readonly receiveRate?: number | undefined;
  /** Bytes that Node holds because the kernel does not take them. */
  readonly writableLength?: number | undefined;
  readonly isPaused?: boolean | undefined;
  /** Ids of active findings that name it. */
  readonly findings: readonly string[];
}

/** Below the sockets: CPUs are of the whole host, interfaces of one network namespace. Read every few seconds: rates are of the time since the look before. */
export interface FrameNetwork {
  readonly nics: readonly FrameNic[];
  readonly cpus: readonly FrameCpu[];
}

export interface FrameNic {
  readonly name: string;
  readonly isLoopback: boolean;
  readonly driver?: string | undefined;
  readonly rxPacketRate?: number | undefined;
  readonly rxByteRate?: number | undefined;
  readonly txPacketRate?: number | undefined;
  readonly txByteRate?: number | undefined;
  /** Packets lost since the look before: ring and driver; above the driver; qdiscs. */
  readonly rxMissed?: number | undefined;
  readonly rxDropped?: number | undefined;
  readonly txDropped?: number | undefined;
  readonly qdiscDropped?: number | undefined;
  readonly qdiscQueuedPackets?: number | undefined;
  readonly ringRx?: number | undefined;
  readonly packetsPerInterrupt?: number | undefined;
  readonly mode: "interrupt-driven" | "polling" | "unknown";
}

export interface FrameCpu {
  readonly cpu: number;
  readonly processedRate?: number | undefined;
  readonly dropped?: number | undefined;
  readonly squeezed?: number | undefined;
  readonly backlogLength?: number | undefined;
  /** Share of the CPU that softirqs took. */
  readonly softirqShare?: number | undefined;
}

/** JavaScript that held a loop up. */
export interface FrameStall {
  readonly loop: number;
  /** How long it had lasted when it was looked at. */
  readonly lastedMs: number;
  /** Innermost first: `name (file:line:column)`. */
  readonly frames: readonly string[];
  readonly exact: boolean;
  readonly note?: string | undefined;
}
