// Congestion control as an endpoint sees it (struct tcp_congestion_ops, tcp_rate.c, pacing); `congestion/` implements it.
// Times in ns, counts in packets of one MSS.
import type { SentStamp } from "./congestion/delivery-rate.js";

export type CongestionName = "reno" | "cubic" | "bbr";

/** What an ACK told (struct rate_sample and what tcp_ack knows). */
export interface AckSample {
  readonly now: number;
  /** Packets newly acknowledged, cumulatively or by SACK. */
  readonly acked: number;
  /** Packets newly taken for lost. */
  readonly lost: number;
  /** snd_una moved. */
  readonly advanced: boolean;
  /** Packets in flight before this ACK, and now (less what is SACKed or lost, plus what was sent again). */
  readonly priorInFlight: number;
  readonly inFlight: number;
  /** Packets sent and not acknowledged, now. */
  readonly packetsOut: number;
  /** Of a packet that was not sent twice; undefined: none. */
  readonly rtt: number | undefined;
  /** Undefined before the first round trip was measured. */
  readonly smoothedRtt: number | undefined;
  readonly minRtt: number | undefined;
  /** snd_una and snd_nxt after it. */
  readonly una: number;
  readonly nxt: number;
  /** The stamp of the packet sent last among those it acknowledged. */
  readonly stamp?: SentStamp | undefined;
}

/** The end of an attempt to send (tcp_write_xmit). */
export interface SendSample {
  readonly now: number;
  readonly packetsOut: number;
  readonly inFlight: number;
  /** It stopped because the congestion window was full. */
  readonly hitWindow: boolean;
  /** Nothing is left to send and the device holds nothing of it: what is measured now says nothing about the path. */
  readonly isAppLimited: boolean;
  /** The writer was refused and waits for room (SOCK_NOSPACE). */
  readonly isRefused?: boolean | undefined;
  readonly una: number;
  readonly nxt: number;
  readonly rto: number;
}

export interface Congestion {
  readonly name: CongestionName;
  /** tcp_sndbuf_expand's factor: 2; 3 with bbr. */
  readonly sndbufFactor: number;
  /** Packets leave no faster than the pacing rate; without, the rate only sizes super-segments and what the device may hold. */
  readonly isPaced: boolean;
  cwnd(): number;
  ssthresh(): number;
  /** Bytes a second; 0 before it is known. */
  pacingRate(): number;
  /** Packets that may leave now (tcp_cwnd_test). */
  quota(inFlight: number): number;
  /** Packets of one super-segment (tcp_tso_segs). */
  tsoSegments(): number;
  /** Bytes of truesize that qdisc and driver may hold before this flow waits (tcp_small_queue_check). */
  smallQueueLimit(truesize: number): number;
  /** Nothing leaves before this moment; 0 where nothing is paced. */
  departsAt(): number;
  /** A segment leaves, for the first time or again: moves departsAt; the stamp stays with it until it is acknowledged. */
  onSegment(bytes: number, packetsOut: number, now: number): SentStamp;
  onSent(sample: SendSample): void;
  onAck(sample: AckSample): void;
  /** Fast recovery begins, and ends; a timeout's slow start ends with onRecovered too. */
  onRecovery(now: number): void;
  onRecovered(now: number): void;
  /** A retransmission timeout; `inFlight` after everything was taken for lost. */
  onTimeout(inFlight: number, now: number): void;
  /** The timeout or recovery was for nothing (tcp_undo_cwnd_reduction). */
  onUndo(now: number): void;
  /** Data is written after a silence of `idle` with nothing in flight (tcp_cwnd_restart). */
  onIdle(idle: number, rto: number, now: number): void;
}

export interface CongestionInput {
  readonly name: CongestionName;
  readonly mss: number;
  /** The handshake's round trip. */
  readonly rtt?: number | undefined;
  /** 10 by default. */
  readonly initialCwnd?: number | undefined;
}
