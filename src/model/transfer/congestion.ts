// Congestion control as an endpoint sees it (struct tcp_congestion_ops); `congestion/` implements it.

/** What an ACK told (struct rate_sample and what tcp_ack knows). Times in ns. */
export interface AckSample {
  readonly now: number;
  /** Packets newly acknowledged, cumulatively or by SACK. */
  readonly acked: number;
  /** Packets in flight before this ACK. */
  readonly priorInFlight: number;
  /** Packets in flight now. */
  readonly inFlight: number;
  /** Of a packet that was not sent twice; undefined: none. */
  readonly rtt: number | undefined;
  readonly smoothedRtt: number;
  readonly minRtt: number;
  /** The window was fully used since it was last raised (tcp_is_cwnd_limited). */
  readonly isCwndLimited: boolean;
  /** The application had nothing more to send when the packet was sent. */
  readonly isAppLimited: boolean;
  /** Packets delivered since the acknowledged one was sent, and over how long. */
  readonly delivered: number;
  readonly interval: number;
}

export interface Congestion {
  readonly name: "reno" | "cubic" | "bbr";
  /** tcp_sndbuf_expand's factor: 2; 3 with bbr. */
  readonly sndbufFactor: number;
  /** Packets. */
  cwnd(): number;
  ssthresh(): number;
  /** Bytes a second; undefined: not paced. What the device may hold (TSQ) follows it too. */
  pacingRate(): number | undefined;
  isPacing(): boolean;
  onAck(sample: AckSample): void;
  /** Fast recovery begins, and ends. */
  onRecovery(inFlight: number, now: number): void;
  onRecovered(now: number): void;
  /** A retransmission timeout. */
  onTimeout(inFlight: number, now: number): void;
  /** The connection was idle for longer than `rto` (tcp_cwnd_restart). */
  onIdle(idle: number, rto: number): void;
}

export interface CongestionInput {
  readonly mss: number;
  readonly initialCwnd: number;
}
