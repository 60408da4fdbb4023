// A transfer scenario and what a run of it gives: the shapes of `sockscope simulate`. Times in seconds, sizes in bytes.
import type { Sysctls } from "../../snapshot/snapshot.js";

export type Side = "sender" | "receiver";

export interface PathSpec {
  /** "veth": two namespaces on this host; "wire": a link with a network card at each end. */
  readonly device: "loopback" | "veth" | "wire";
  /** Round trip that the link adds; 0 by default. */
  readonly rtt?: number | undefined;
  /** 65536 on loopback, 1500 elsewhere. */
  readonly mtu?: number | undefined;
  /** Bytes a second in each direction; null (the default): as fast as it goes. */
  readonly rate?: number | null | undefined;
  /** Packets that wait for the link when it has a rate; the next is dropped. */
  readonly queue?: number | undefined;
  /** The same in bytes, headers included; both hold where both are given. */
  readonly queueBytes?: number | undefined;
  /** Where they wait: in the sender's own device (qdisc and driver: it counts against the flow), or further on; "link" with TUN, else "device". */
  readonly bottleneck?: "device" | "link" | undefined;
  /** Share of packets lost, 0..1, in each direction. */
  readonly loss?: number | undefined;
  /** Share of packets that come `reorderDelay` later than the others. */
  readonly reorder?: number | undefined;
  readonly reorderDelay?: number | undefined;
  /** Segmentation offload: segments of up to 64 KiB stay whole up to the device (or, on veth, up to the peer); true by default. */
  readonly gso?: boolean | undefined;
  /** The receiving device merges packets; as `gso` by default. */
  readonly gro?: boolean | undefined;
  /** What carries a link with delay: a TUN device (its packets are linear) or the device itself, as with netem. */
  readonly delayedLink?: "tun" | "device" | undefined;
  /** Nothing arrives any more from then on, in either direction, until (if ever) the link has healed. */
  readonly blackholeAt?: number | undefined;
  readonly blackholeUntil?: number | undefined;
}

/** `bytes` in all, by calls of `chunk` (all at once by default); a blocked writer goes on when it is woken. */
export interface WriteSpec {
  readonly at: number;
  readonly bytes: number;
  readonly chunk?: number | undefined;
  /** Pause between two calls. */
  readonly every?: number | undefined;
}

/**
 * One read of `bytes` (or several of `chunk` until so many are read or the queue is empty); one read every so often; or
 * a reader that reads whenever something is there.
 */
export type ReadSpec =
  | { readonly at: number; readonly bytes: number; readonly chunk?: number | undefined }
  | { readonly from: number; readonly until: number; readonly every: number; readonly bytes: number }
  | { readonly from: number; readonly until?: number | undefined; readonly chunk: number };

/** SO_RCVBUF is set, as the kernel then holds it: what is there and on its way may find no room any more. */
export interface BufferSpec {
  readonly at: number;
  readonly rcvbuf: number;
}

/** SO_KEEPALIVE, seconds; the kernel gives up after so many probes without an answer. */
export interface KeepAliveSpec {
  readonly idle: number;
  readonly interval: number;
  readonly probes: number;
}

/** A Node process at this end: its stream reads all along, and `writes` go through it. */
export interface NodeSpec {
  /** Of both directions; 65536 by default, as since Node 22. */
  readonly highWaterMark?: number | undefined;
  /** False: it goes on writing when write() has said false; true by default: it waits for 'drain'. */
  readonly heedsDrain?: boolean | undefined;
  /** The stream is paused. */
  readonly pauses?: readonly { readonly from: number; readonly until: number }[] | undefined;
  /** Seconds of JavaScript that each chunk costs. */
  readonly workPerChunk?: number | undefined;
  /** Each chunk that comes is a request, answered with so many bytes. */
  readonly answerBytes?: number | undefined;
  /** server.keepAliveTimeout, seconds: the connection is closed when it was idle for so long after an answer. */
  readonly keepAliveTimeout?: number | undefined;
}

/** What a Node process holds itself, at the end of the run and at most. */
export interface NodeFigures {
  readonly writableLength: number;
  readonly peakWritableLength: number;
  readonly readableLength: number;
  readonly peakReadableLength: number;
  /** 'drain' events. */
  readonly drains: number;
  /** Bytes that the application was given. */
  readonly given: number;
}

export interface EndpointSpec {
  /** As the kernel holds it (twice what setsockopt was given), or "auto" (the default): tuned by the kernel. */
  readonly sndbuf?: number | "auto" | undefined;
  readonly rcvbuf?: number | "auto" | undefined;
  /** Calls return at once (the default); false: they block. */
  readonly nonblocking?: boolean | undefined;
  readonly nodelay?: boolean | undefined;
  readonly congestion?: "cubic" | "reno" | "bbr" | undefined;
  /** SO_RCVLOWAT. */
  readonly lowat?: number | undefined;
  /** TCP_NOTSENT_LOWAT. */
  readonly notsentLowat?: number | undefined;
  /** TCP_USER_TIMEOUT, seconds. */
  readonly userTimeout?: number | undefined;
  readonly keepAlive?: KeepAliveSpec | undefined;
  /** setsockopt(2) later on. */
  readonly buffers?: readonly BufferSpec[] | undefined;
  /** What the cgroup of this end's processes lets TCP's receive queues hold (memory.kmem.tcp.limit_in_bytes). */
  readonly memoryLimit?: number | undefined;
  readonly node?: NodeSpec | undefined;
  readonly writes?: readonly WriteSpec[] | undefined;
  readonly reads?: readonly ReadSpec[] | undefined;
  /** close(2), or shutdown(SHUT_WR). */
  readonly closeAt?: number | undefined;
  readonly shutdownAt?: number | undefined;
}

export interface TransferSysctls extends Sysctls {
  readonly base?: "linux" | "host" | undefined;
  readonly tcp_rmem?: readonly [number, number, number] | undefined;
  readonly tcp_wmem?: readonly [number, number, number] | undefined;
  readonly tcp_retries2?: number | undefined;
  /** Pages, of each end's host: no pressure below the first, pressure above the second, nothing is given above the third. */
  readonly tcp_mem?: readonly [number, number, number] | undefined;
  /** Closed sockets that still have something to send; one more is reset. */
  readonly tcp_max_orphans?: number | undefined;
}

export interface TransferScenario {
  readonly kind: "transfer";
  readonly path?: PathSpec | undefined;
  /** So many connections share the path, each with both ends' programs; 1 by default. */
  readonly connections?: number | undefined;
  /** Who connects. Either end may write and read; "auto" and empty where nothing is said. */
  readonly sender: EndpointSpec;
  /** Who accepts. */
  readonly receiver: EndpointSpec;
  readonly sysctl?: TransferSysctls | undefined;
  readonly seed?: number | undefined;
  readonly until?: number | undefined;
}

export type CallOutcome = "complete" | "partial" | "would-block" | "blocked" | "eof" | "reset" | "timed-out";

/** One system call. */
export interface CallRecord {
  /** Whose it was, from 0, where a scenario has several connections. */
  readonly connection?: number | undefined;
  readonly at: number;
  readonly side: Side;
  readonly call: "write" | "read";
  readonly asked: number;
  readonly returned: number;
  readonly outcome: CallOutcome;
  /** After a would-block or a partial write: when the socket became usable again; of a blocked call: when it returned. */
  readonly resumedAt: number | null;
  /** What it waited for, in words; null where it did not wait. */
  readonly why: string | null;
}

export interface TransferEvent {
  readonly at: number;
  readonly event: string;
  readonly side: Side;
  readonly connection?: number | undefined;
  readonly bytes?: number | undefined;
}

/** The queues at a moment at which something changed, from the sender's writes to the receiver's reads. */
export interface TransferTimelineEntry {
  readonly at: number;
  readonly written: number;
  readonly sendQ: number;
  readonly notSent: number;
  readonly recvQ: number;
  readonly read: number;
  readonly window: number;
}

export interface TransferFinal {
  /** SIOCINQ of the receiver. */
  readonly recvQ: number;
  /** SIOCOUTQ of the sender: not acknowledged. */
  readonly sendQ: number;
  /** SIOCOUTQNSD of the sender. */
  readonly notSent: number;
  /** The receiver's window as the sender knows it. */
  readonly window: number;
  /** SO_MEMINFO of the receiver and the sender. */
  readonly rmem: number;
  readonly rcvbuf: number;
  readonly wmemQueued: number;
  readonly sndbuf: number;
}

/** What came of one connection of several. */
export interface ConnectionResult {
  readonly written: number;
  readonly read: number;
  readonly final: TransferFinal;
  readonly node?: Readonly<Partial<Record<Side, NodeFigures>>> | undefined;
}

/** Figures are those of all connections together. */
export interface TransferResult {
  readonly kind: "transfer";
  readonly written: number;
  readonly read: number;
  readonly calls: readonly CallRecord[];
  /** Calls beyond the first 10,000 are counted, not listed; likewise events. */
  readonly callsOmitted: number;
  readonly final: TransferFinal;
  /** Each of them, where there are several. */
  readonly connections?: readonly ConnectionResult[] | undefined;
  /** The first connection's ends that are Node processes. */
  readonly node?: Readonly<Partial<Record<Side, NodeFigures>>> | undefined;
  /** The kernel's counters that moved, by its names. */
  readonly counters: Readonly<Record<string, number>>;
  readonly events: readonly TransferEvent[];
  readonly eventsOmitted: number;
  readonly timeline: readonly TransferTimelineEntry[];
}
