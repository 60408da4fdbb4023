// What the handshake leaves behind: windows, their scale, segment sizes, the first round trip (net/ipv4/tcp_output.c:
// tcp_select_initial_window, tcp_connect_init; tcp_minisocks.c: tcp_openreq_init_rwin; tcp_input.c: tcp_init_buffer_space).
import { firstScalingRatio, roundDown, roundUp, windowFromSpace } from "./receive-window.js";

/** IP and TCP header without options; the timestamp option. */
const headerBytes = 40;
const timestampBytes = 12;
const leastMss = 536;
const mostScale = 14;
const mostUnscaled = 65_535;

export interface Buffer {
  readonly bytes: number;
  /** Set by SO_RCVBUF or SO_SNDBUF: the kernel leaves it alone. */
  readonly isLocked: boolean;
}

export interface FirstWindow {
  /** As the SYN or SYN-ACK offers it, unscaled. */
  readonly offered: number;
  readonly clamp: number;
  readonly scale: number;
}

const log2 = (value: number): number => 31 - Math.clz32(value);

/** tcp_select_initial_window; `most` is the largest an automatic buffer may become. */
export function firstWindow({ bytes, isLocked }: Buffer, mss: number, most: number): FirstWindow {
  const full = windowFromSpace(bytes, firstScalingRatio);
  const clamp = isLocked ? full : mostUnscaled * 2 ** mostScale;
  const space = Math.min(clamp, full);
  const offered = space > mss ? roundDown(space, mss) : space;
  const scale = Math.min(mostScale, Math.max(0, log2(Math.min(Math.max(offered, most), clamp)) - 15));
  return { offered, clamp: Math.min(clamp, mostUnscaled * 2 ** scale), scale };
}

/** The clamp once the connection is established: one segment stays in reserve (tcp_init_buffer_space). */
export function establishedClamp(rcvbuf: number, clamp: number, advmss: number): number {
  const full = windowFromSpace(rcvbuf, firstScalingRatio);
  const bounded = Math.min(clamp, full);
  return bounded > 2 * advmss && bounded + advmss > full ? Math.max(2 * advmss, full - advmss) : bounded;
}

export interface SegmentSizes {
  /** As the SYNs say it. */
  readonly mssClamp: number;
  readonly headerLength: number;
  /** Payload of a full segment. */
  readonly mss: number;
  readonly advmss: number;
}

export function segmentSizes(mtu: number): SegmentSizes {
  const mssClamp = Math.min(mtu, mostUnscaled) - headerBytes;
  return {
    mssClamp,
    headerLength: 20 + timestampBytes,
    mss: mssClamp - timestampBytes,
    advmss: mssClamp - timestampBytes,
  };
}

/** tcp_initialize_rcv_mss. */
export const firstRcvMss = (mss: number, rcvWnd: number): number => Math.max(88, Math.min(mss, rcvWnd >> 1, leastMss));

/** The window that the client's ACK offers. */
export const acknowledgedWindow = (ssthresh: number, offered: number, scale: number): number =>
  Math.max(roundUp(Math.min(ssthresh, mostUnscaled * 2 ** scale), 2 ** scale), roundUp(offered, 2 ** scale));
