// What can be read of an end of a connection (tcp_info, SO_MEMINFO, SIOCINQ, SIOCOUTQ).
import { receiveWindow } from "./receive-window.js";
import { isInFlight, type Tcp } from "./tcp.js";

/** What the kernel would tell of an end; bytes, µs and packets as its interfaces have them. */
export interface EndView {
  readonly recvQ: number;
  readonly sendQ: number;
  readonly notSent: number;
  readonly rmem: number;
  readonly rcvbuf: number;
  readonly wmemAlloc: number;
  readonly wmemQueued: number;
  readonly sndbuf: number;
  readonly drops: number;
  readonly sndWnd: number;
  readonly rcvWnd: number;
  readonly rcvSsthresh: number;
  readonly sndMss: number;
  readonly rcvMss: number;
  readonly cwnd: number;
  readonly unacked: number;
  readonly sacked: number;
  readonly lost: number;
  readonly retrans: number;
  readonly inFlight: number;
  readonly srttMicros: number;
  readonly rttvarMicros: number;
  readonly rtoMicros: number;
  readonly backoff: number;
  readonly retransmits: number;
  readonly probes: number;
  readonly recovery: Tcp["recovery"];
  readonly timer: Tcp["pending"];
  readonly isNoSpace: boolean;
}

export const view = (tcp: Tcp): EndView => ({
  recvQ: tcp.receiveQueue.reduce((bytes, { seq, end, fin }) => bytes + end - seq - (fin ? 1 : 0), 0) - readOfHead(tcp),
  sendQ: tcp.writeSeq - tcp.sndUna,
  notSent: tcp.writeSeq - tcp.sndNxt,
  rmem: tcp.rmemAlloc,
  rcvbuf: tcp.rcvbuf,
  wmemAlloc: tcp.wmemAlloc,
  wmemQueued: tcp.wmemQueued,
  sndbuf: tcp.sndbuf,
  drops: tcp.drops,
  sndWnd: tcp.sndWnd,
  rcvWnd: receiveWindow(tcp),
  rcvSsthresh: tcp.rcvSsthresh,
  sndMss: tcp.mssCache,
  rcvMss: tcp.rcvMss,
  cwnd: tcp.congestion.cwnd(),
  unacked: tcp.packetsOut,
  sacked: tcp.sackedOut,
  lost: tcp.lostOut,
  retrans: tcp.retransOut,
  inFlight: isInFlight(tcp),
  srttMicros: tcp.srtt >> 3,
  rttvarMicros: tcp.mdev >> 2,
  rtoMicros: tcp.rto * 4000,
  backoff: tcp.backoff,
  retransmits: tcp.retransmits,
  probes: tcp.probesOut,
  recovery: tcp.recovery,
  timer: tcp.pending,
  isNoSpace: tcp.isNoSpace,
});

/** The first skb's bytes that were read already: it is freed with its last byte. */
const readOfHead = (tcp: Tcp): number => (tcp.receiveQueue[0] ? tcp.copiedSeq - tcp.receiveQueue[0].seq : 0);
