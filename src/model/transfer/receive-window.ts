// The window that a receiver offers (net/ipv4/tcp_output.c: tcp_select_window; tcp_input.c: tcp_grow_window).
import { isPressed } from "./socket-memory.js";
import { count, type Tcp } from "./tcp.js";

/** TCP_RMEM_TO_WIN_SCALE: scaling_ratio counts 1/256. */
const ratioUnit = 256;
export const firstScalingRatio = 128;
/** SOCK_MIN_RCVBUF / 2. */
const leastClamp = 1152;

/** The payload that so much memory is worth (tcp_win_from_space). */
export const windowFromSpace = (space: number, scalingRatio: number): number =>
  Math.floor((space * scalingRatio) / ratioUnit);
/** The memory that so much payload takes (tcp_space_from_win). */
export const spaceFromWindow = (window: number, scalingRatio: number): number =>
  Math.floor((window * ratioUnit) / scalingRatio);

export const roundDown = (value: number, unit: number): number => Math.floor(value / unit) * unit;
export const roundUp = (value: number, unit: number): number => Math.ceil(value / unit) * unit;

/** tcp_space: payload that still fits. */
export const freeSpace = (tcp: Tcp): number =>
  windowFromSpace(tcp.rcvbuf - tcp.backlogTruesize - tcp.rmemAlloc, tcp.scalingRatio);
export const fullSpace = (tcp: Tcp): number => windowFromSpace(tcp.rcvbuf, tcp.scalingRatio);

/** What is left of the window that was offered last (tcp_receive_window). */
export const receiveWindow = (tcp: Tcp): number => Math.max(0, tcp.rcvWup + tcp.rcvWnd - tcp.rcvNxt);

/** Memory is short: only a few segments more (tcp_adjust_rcv_ssthresh). */
export function shortenWindow(tcp: Tcp): void {
  tcp.rcvSsthresh = Math.min(tcp.rcvSsthresh, 4 * tcp.advmss);
}

/** The window that would be offered now, before the rule that it never shrinks (__tcp_select_window). */
export function selectWindow(tcp: Tcp): number {
  const allowed = fullSpace(tcp);
  const full = Math.min(tcp.windowClamp, allowed);
  const mss = Math.min(tcp.rcvMss, full);
  if (mss <= 0) return 0;
  const unit = 2 ** tcp.rcvWscale;
  let free = freeSpace(tcp);
  if (free < full >> 1) {
    tcp.ack.quick = 0;
    if (isPressed(tcp)) shortenWindow(tcp);
    free = roundDown(free, unit);
    if (free < allowed >> 4 || free < mss) return 0;
  }
  free = Math.min(free, tcp.rcvSsthresh);
  if (tcp.rcvWscale > 0) return roundUp(free, unit);
  const window = tcp.rcvWnd;
  if (window <= free - mss || window > free) return roundDown(free, mss);
  return mss === full && free > window + (full >> 1) ? free : window;
}

/** Chooses the window of a segment that leaves; returns what the peer will read in it (tcp_select_window). */
export function offerWindow(tcp: Tcp): number {
  const old = tcp.rcvWnd;
  if (tcp.ack.isNoMemory) {
    tcp.rcvWnd = 0;
    tcp.rcvWup = tcp.rcvNxt;
    return 0;
  }
  const unit = 2 ** tcp.rcvWscale;
  const current = receiveWindow(tcp);
  let next = selectWindow(tcp);
  if (next < current) {
    if (next === 0) count(tcp, "TCPWantZeroWindowAdv");
    next = roundUp(current, unit);
  }
  tcp.rcvWnd = next;
  tcp.rcvWup = tcp.rcvNxt;
  const offered = roundDown(Math.min(next, 65_535 * unit), unit);
  if (offered === 0 && old > 0) {
    count(tcp, "TCPToZeroWindowAdv");
    tcp.world.note(tcp.side, "window-closed");
  } else if (offered > 0 && old === 0) {
    count(tcp, "TCPFromZeroWindowAdv");
    tcp.world.note(tcp.side, "window-opened", offered);
  }
  return offered;
}

const stepFor = (tcp: Tcp, bytes: number, truesize: number): number => {
  if (windowFromSpace(truesize, tcp.scalingRatio) <= bytes) return 2 * tcp.advmss;
  let wanted = windowFromSpace(truesize, tcp.scalingRatio) >> 1;
  let window = Math.floor(windowFromSpace(tcp.world.rmemMax, tcp.scalingRatio) / 2);
  while (tcp.rcvSsthresh <= window) {
    if (wanted <= bytes) return 2 * tcp.rcvMss;
    wanted >>= 1;
    window >>= 1;
  }
  return 0;
};

/** A segment of `bytes` that took `truesize` arrived: the offered window may grow towards the clamp (tcp_grow_window). */
export function growWindow(tcp: Tcp, bytes: number, truesize: number): void {
  const room = Math.min(tcp.windowClamp, freeSpace(tcp)) - tcp.rcvSsthresh;
  if (room <= 0) return;
  const step = stepFor(tcp, bytes, truesize);
  if (step === 0) return;
  tcp.rcvSsthresh += Math.min(room, Math.max(step, 2 * bytes));
  tcp.ack.quick |= 1;
}

/** tcp_set_window_clamp. */
export function setWindowClamp(tcp: Tcp, value: number): void {
  const old = tcp.windowClamp;
  tcp.windowClamp = Math.max(leastClamp, value);
  if (tcp.windowClamp < old) tcp.rcvSsthresh = Math.min(tcp.rcvSsthresh, tcp.windowClamp);
  else if (tcp.windowClamp > old) tcp.rcvSsthresh = Math.max(tcp.rcvSsthresh, Math.min(tcp.rcvWnd, tcp.windowClamp));
}

/** The receive buffer hit its bound: automatic ones follow what is held (tcp_clamp_window). */
export function clampWindow(tcp: Tcp): void {
  tcp.ack.quick = 0;
  if (tcp.rcvbuf < tcp.world.rmemMax && !tcp.isRcvbufLocked) tcp.rcvbuf = Math.min(tcp.rmemAlloc, tcp.world.rmemMax);
  if (tcp.rmemAlloc > tcp.rcvbuf) tcp.rcvSsthresh = Math.min(tcp.windowClamp, 2 * tcp.advmss);
}
