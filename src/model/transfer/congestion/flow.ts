// What congestion control knows of one sender (struct tcp_sock's snd_cwnd, snd_ssthresh, prr_*; include/net/tcp.h).
// Counts are segments of one MSS, times virtual nanoseconds unless the name says otherwise.
import type { AckSample } from "../congestion.js";
import type { BbrState } from "./bbr-state.js";
import type { CubicState } from "./cubic.js";

/** TCP_INIT_CWND (RFC 6928). */
export const initialWindowSegments = 10;
/** TCP_INFINITE_SSTHRESH. */
export const noThreshold = 0x7fffffff;

/** icsk_ca_state, without the ECN one. */
export type RecoveryState = "open" | "disorder" | "recovery" | "loss";

/** Owned by the TCP endpoint; the functions of this folder change it. */
export interface Flow {
  /** A full segment's payload (mss_cache). */
  mssBytes: number;
  cwndSegments: number;
  /** Acknowledged segments not yet worth a whole one (snd_cwnd_cnt). */
  cwndCount: number;
  ssthreshSegments: number;
  state: RecoveryState;
  /** What the last sending came to: window full or not, and how much was out (tcp_cwnd_validate). */
  isCwndLimited: boolean;
  maxPacketsOut: number;
  cwndUsageSequence: number;
  cwndUsed: number;
  cwndStampNanos: number;
  /** Smoothed and smallest round trip, µs; undefined before the first. */
  srttMicros: number | undefined;
  minRttMicros: number | undefined;
  /** sk_pacing_rate, bytes a second; 0: not known yet. */
  pacingRate: number;
  /** Proportional rate reduction while in recovery. */
  priorCwndSegments: number;
  prrDelivered: number;
  prrOut: number;
  readonly cubic: CubicState;
  readonly bbr: BbrState;
}

/** What an ACK said, with what was made of it. */
export interface Ack extends Omit<AckSample, "rtt" | "stamp"> {
  /** µs. */
  readonly rtt: number | undefined;
  /** Only bbr asks. */
  readonly rate: RateSample | undefined;
}

/** struct rate_sample: how many segments were delivered over how long. */
export interface RateSample {
  readonly delivered: number;
  readonly intervalMicros: number;
  /** Segments delivered when the acknowledged one was sent. */
  readonly priorDelivered: number;
  readonly isAppLimited: boolean;
}

/** A congestion control: net/ipv4/tcp_cong.c's struct tcp_congestion_ops. */
export interface Algorithm {
  /** What autotuning multiplies the window by (tcp_sndbuf_expand). */
  readonly sndbufFactor: 2 | 3;
  /** Sends no faster than `pacingRate` (sk_pacing_status is needed). */
  readonly isPaced: boolean;
  /** The threshold after a loss. */
  ssthresh(flow: Flow): number;
  /** Grows the window on an ACK that delivered something. */
  avoid(flow: Flow, ack: Ack): void;
  /** Looks at a measured round trip. */
  measured?(flow: Flow, ack: Ack): void;
  /** Takes window and pacing into its own hands (cong_control). */
  control?(flow: Flow, ack: Ack): void;
  /** A segment leaves while nothing is in flight. */
  restarted?(flow: Flow, nowNanos: number): void;
  /** A timeout has emptied the pipe. */
  timedOut?(flow: Flow, nowNanos: number): void;
}

export const isInSlowStart = (flow: Flow): boolean => flow.cwndSegments < flow.ssthreshSegments;
