// One end of a connection (struct tcp_sock and inet_connection_sock, include/linux/tcp.h): what the other files of this
// folder read and change. Sequence numbers count data bytes from 0; a FIN takes one.
import type { Engine } from "../engine.js";
import type { Timer, TimerWheel } from "../timer-wheel.js";
import type { Congestion } from "./congestion.js";
import type { TransferCounter, TransferCounters } from "./counter-names.js";
import type { SentStamp } from "./congestion/delivery-rate.js";
import type { Path } from "./path.js";
import type { Side } from "./scenario.js";
import type { SackBlock, Skb } from "./segment.js";
import type { SocketMemory } from "./socket-memory.js";
import type { Softirq } from "./softirq.js";
import type { WaitQueue } from "./wait-queue.js";

/** What the sockets of one side share with one another. */
export interface Host {
  readonly memory: SocketMemory;
  readonly orphans: Set<Tcp>;
  readonly mostOrphans: number;
}

/** What both ends share. */
export interface World {
  readonly engine: Engine;
  readonly wheel: TimerWheel;
  readonly softirq: Softirq;
  readonly path: Path;
  readonly counters: TransferCounters;
  readonly hosts: Readonly<Record<Side, Host>>;
  readonly pages: PageFrag;
  readonly rmemMax: number;
  readonly wmemMax: number;
  readonly retries2: number;
  /** What a round trip takes at least on this path, ns: the system calls and softirqs that virtual time leaves out. */
  readonly leastRtt: number;
  note(side: Side, event: string, bytes?: number): void;
}

/** The page that the writing task fills (task_frag, skb_page_frag_refill): 32 KiB at a time. */
export interface PageFrag {
  page: number;
  offset: number;
}

/** A buffer of the send queue: not yet sent, or sent and not acknowledged. */
export interface SendSkb {
  seq: number;
  /** Behind the last byte, and behind the FIN. */
  end: number;
  bytes: number;
  truesize: number;
  /** Bytes in each page fragment. */
  frags: number[];
  /** Where its last fragment ends: a write that goes on there makes no new one. */
  lastPage: number;
  lastOffset: number;
  /** tcp_skb_pcount. */
  segments: number;
  fin: boolean;
  push: boolean;
  sentAt: number;
  stamp: SentStamp | undefined;
  isHeld: boolean;
  isSacked: boolean;
  isLost: boolean;
  /** Sent again and not yet acknowledged (TCPCB_SACKED_RETRANS); ever sent again. */
  isResent: boolean;
  wasResent: boolean;
}

/** A buffer of the receive queue or of the out-of-order queue. */
export interface ReceivedSkb {
  seq: number;
  end: number;
  truesize: number;
  frags: number;
  tailroom: number;
  fin: boolean;
  readonly freedWhenMerged: number | undefined;
  readonly isShared: () => boolean;
}

export interface AckState {
  isScheduled: boolean;
  isNow: boolean;
  isNoMemory: boolean;
  /** ICSK_ACK_PUSHED and PUSHED2. */
  pushed: number;
  quick: number;
  pingpong: number;
  /** Ticks. */
  ato: number;
  lastReceivedTick: number;
  timer: Timer | undefined;
  timeoutTick: number;
  isDeferred: boolean;
}

export type RetransmitTimer = "retransmit" | "loss-probe" | "probe";

export interface Tcp {
  readonly side: Side;
  readonly world: World;
  readonly waitQueue: WaitQueue;
  readonly congestion: Congestion;
  readonly isSndbufLocked: boolean;
  readonly notsentLowat: number;
  readonly isNodelay: boolean;
  /** Ticks; 0: none. */
  readonly userTimeout: number;
  readonly advmss: number;
  readonly mssClamp: number;
  readonly headerLength: number;
  readonly rcvWscale: number;
  /** SO_RCVBUF was set: the kernel leaves it alone. */
  isRcvbufLocked: boolean;
  isClosed: boolean;
  /** When it was, ns. */
  closedAt: number | undefined;
  /** close(2): no process holds it any more. */
  isReadShut: boolean;
  /** Takes it out of the table of connections: what still comes for it is answered by a reset. */
  unhash: () => void;
  /** A system call owns the socket: what arrives waits in the backlog. */
  isOwned: boolean;
  /** A softirq wanted to send while it was owned (TCP_TSQ_DEFERRED). */
  isPushDeferred: boolean;
  readonly backlog: Skb[];
  backlogTruesize: number;
  error: "ECONNRESET" | "ETIMEDOUT" | undefined;
  // Sending
  sndUna: number;
  sndNxt: number;
  writeSeq: number;
  pushedSeq: number;
  sndWnd: number;
  maxWindow: number;
  sndWl1: number;
  mssCache: number;
  sndSml: number;
  writeQueue: SendSkb[];
  rtxQueue: SendSkb[];
  wmemQueued: number;
  wmemAlloc: number;
  isThrottled: boolean;
  sndbuf: number;
  isNoSpace: boolean;
  isWriteShut: boolean;
  packetsOut: number;
  sackedOut: number;
  lostOut: number;
  retransOut: number;
  delivered: number;
  lastSentAt: number;
  // Round trips and retransmission
  srtt: number;
  mdev: number;
  mdevMax: number;
  rttvar: number;
  rttSeq: number;
  minRtt: number | undefined;
  /** Ticks. */
  rto: number;
  backoff: number;
  retransmits: number;
  probesOut: number;
  /** The tick at which the window's probing began. */
  probesSince: number | undefined;
  retransStamp: number | undefined;
  recovery: "open" | "disorder" | "recovery" | "loss";
  highSeq: number;
  /** Of the packets known to be delivered, when the one sent last was sent, and where it ends (tp->rack). */
  rackSentAt: number;
  rackEnd: number;
  rackRtt: number;
  isReorderTimerSet: boolean;
  tlpHighSeq: number | undefined;
  pending: RetransmitTimer | undefined;
  timer: Timer | undefined;
  isPacing: boolean;
  /** The peer's window holds back what waits. */
  isWindowLimited: boolean;
  // Receiving
  rcvNxt: number;
  rcvWup: number;
  rcvWnd: number;
  copiedSeq: number;
  rcvSsthresh: number;
  windowClamp: number;
  scalingRatio: number;
  rcvMss: number;
  lastSegmentSize: number;
  rmemAlloc: number;
  rcvbuf: number;
  forwardAlloc: number;
  rcvLowat: number;
  receiveQueue: ReceivedSkb[];
  outOfOrder: ReceivedSkb[];
  sacks: SackBlock[];
  isEof: boolean;
  drops: number;
  /** The host's, of which it has a part. */
  readonly memory: SocketMemory;
  /** When the peer was last heard of, ns (tp->rcv_tstamp). */
  heardAt: number;
  /** When a bare segment outside the window was last answered. */
  lastOutsideTick: number | undefined;
  readonly ack: AckState;
  /** The peer's timestamp to echo, and what it last echoed. */
  recentStamp: number | undefined;
  lastEcho: number | undefined;
  // Receive autotuning
  rcvRtt: number;
  rcvRttSeq: number;
  rcvRttAt: number | undefined;
  spaceBytes: number;
  spaceSeq: number;
  spaceAt: number;
}

export const nanosPerTick = 4_000_000;
/** usecs_to_jiffies. */
export const ticksOf = (micros: number): number => Math.ceil(micros / 4000);
export const isInFlight = (tcp: Tcp): number => tcp.packetsOut - tcp.sackedOut - tcp.lostOut + tcp.retransOut;
export const windowEnd = (tcp: Tcp): number => tcp.sndUna + tcp.sndWnd;
export const count = ({ world }: Tcp, name: TransferCounter, by = 1): void => {
  world.counters.set(name, (world.counters.get(name) ?? 0) + by);
};
