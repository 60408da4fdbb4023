// bbr's memory (net/ipv4/tcp_bbr.c: struct bbr): the largest bandwidth of ten round trips, the smallest round trip of ten seconds.

export type BbrMode = "startup" | "drain" | "probe-bandwidth" | "probe-rtt";

export interface BbrState {
  mode: BbrMode;
  /** The highest rate of each of the last rounds, segments a µs. */
  bandwidths: { round: number; rate: number }[];
  round: number;
  nextRoundDelivered: number;
  minRttMicros: number | undefined;
  minRttNanos: number;
  hasSeenRtt: boolean;
  fullBandwidth: number;
  fullBandwidthRounds: number;
  isPipeFull: boolean;
  cycle: number;
  cycleNanos: number;
  priorCwnd: number;
  /** At the last ACK; of a recovery the first round sends no more than is delivered. */
  wasRecovering: boolean;
  isConserving: boolean;
  probeRttDoneNanos: number | undefined;
  deliveredSegments: number;
}

export const createBbr = (): BbrState => ({
  mode: "startup",
  bandwidths: [],
  round: 0,
  nextRoundDelivered: 0,
  minRttMicros: undefined,
  minRttNanos: 0,
  hasSeenRtt: false,
  fullBandwidth: 0,
  fullBandwidthRounds: 0,
  isPipeFull: false,
  cycle: 0,
  cycleNanos: 0,
  priorCwnd: 0,
  wasRecovering: false,
  isConserving: false,
  probeRttDoneNanos: undefined,
  deliveredSegments: 0,
});
