// The pacing rate, and what follows from it: how many segments a super-segment holds, how much may wait in the device,
// when the next one may leave (net/ipv4/tcp_input.c: tcp_update_pacing_rate; tcp_output.c: tcp_tso_autosize,
// tcp_small_queue_check, tcp_update_skb_after_send).
import type { Flow } from "./flow.js";

/** sk_pacing_shift: a super-segment holds about a millisecond's worth. */
const pacingShift = 1024;
/** sk_gso_max_size of veth, lo and TUN for IPv4, less the header room. */
export const gsoMaxBytes: number = 65536 - 1 - 320;
const gsoMaxSegments = 65535;
/** sysctl tcp_tso_rtt_log: below 512 µs of round trip a super-segment may be of full size. */
const tsoRttLog = 9;
const minTsoSegments = 2;
/** sysctl tcp_limit_output_bytes. */
const limitOutputBytes = 4 * 1024 * 1024;
/** sysctls tcp_pacing_ss_ratio and tcp_pacing_ca_ratio, percent. */
const slowStartRatio = 200;
const avoidanceRatio = 120;
/** The first segments leave unpaced: the initial window. */
const unpacedSegments = 10;

/** cwnd · mss / srtt, twice that while the window may double within a round trip. */
export function updatePacingRate(flow: Flow, packetsOut: number): void {
  const isGrowing = flow.cwndSegments < flow.ssthreshSegments >> 1;
  const ratio = isGrowing ? slowStartRatio : avoidanceRatio;
  const segments = Math.max(flow.cwndSegments, packetsOut);
  const perSrtt = flow.mssBytes * ratio * segments * 1e4;
  flow.pacingRate = flow.srttMicros === undefined ? perSrtt : Math.floor(perSrtt / Math.max(1, flow.srttMicros));
}

/** Segments of one super-segment (tcp_tso_segs): a millisecond's worth, more where the round trip is short. */
export function tsoSegments(flow: Flow): number {
  let bytes = Math.floor(flow.pacingRate / pacingShift);
  const shift = Math.floor((flow.minRttMicros ?? 0xffffffff) / 2 ** tsoRttLog);
  if (shift < 32) bytes += Math.floor(gsoMaxBytes / 2 ** shift);
  const segments = Math.floor(Math.min(bytes, gsoMaxBytes) / flow.mssBytes);
  return Math.min(Math.max(segments, minTsoSegments), gsoMaxSegments);
}

/** Bytes (truesize) of this flow that may lie in qdisc and driver before it waits (TCP small queues). */
export function smallQueueLimit(flow: Flow, skbTruesizeBytes: number, isPaced: boolean): number {
  const limit = Math.max(2 * skbTruesizeBytes, Math.floor(flow.pacingRate / pacingShift));
  return isPaced ? limit : Math.min(limit, limitOutputBytes);
}

export interface PacingClock {
  /** Nothing leaves before (tcp_wstamp_ns). */
  nextNanos: number;
}

/** Moves the clock by what `bytes` take at the pacing rate, less what an idle time has saved, at most half of it. */
export function paceSent(clock: PacingClock, flow: Flow, bytes: number, segmentsOut: number, nowNanos: number): void {
  const saved = Math.max(0, nowNanos - clock.nextNanos);
  clock.nextNanos = Math.max(nowNanos, clock.nextNanos);
  if (flow.pacingRate === 0 || segmentsOut < unpacedSegments) return;
  const takes = Math.floor((bytes * 1e9) / flow.pacingRate);
  clock.nextNanos += takes - Math.min(Math.floor(takes / 2), saved);
}
