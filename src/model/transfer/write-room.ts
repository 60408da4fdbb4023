// How many bytes write(2) on a TCP socket finds room for, and when poll(2) calls it writable: the arithmetic of
// net/ipv4/tcp.c (tcp_sendmsg_locked, tcp_xmit_size_goal) and include/net/sock.h (sk_stream_*), for the model's
// sockets and for readings of real ones.
import { skbOverhead } from "./skb-size.js";

/** What a device takes at once unless it says otherwise (GSO_LEGACY_MAX_SIZE). */
export const gsoMaxBytes = 65_536;
/** MAX_TCP_HEADER + 1 is kept free of it (sk_setup_caps). */
const headroom = 257;
/** TCP's header with timestamps, and IP's. */
const usualHeaderBytes = 52;

/** A peer with a tiny window gets segments of at most half the largest it has offered (tcp_bound_to_half_wnd). */
export function boundToHalfWindow(maxWindow: number, bytes: number, headerLength: number): number {
  const cutoff = maxWindow > 536 ? maxWindow >> 1 : maxWindow;
  return cutoff > 0 && bytes > cutoff ? Math.max(cutoff, 68 - headerLength) : bytes;
}

export interface Filling {
  /** The largest window that the peer has offered. */
  readonly maxWindow: number;
  readonly mss: number;
  readonly headerLength?: number | undefined;
  readonly gsoMaxBytes?: number | undefined;
}

/** How much one skb of the send queue is filled with, bytes (tcp_xmit_size_goal). */
export function sizeGoalOf({
  maxWindow,
  mss,
  headerLength = usualHeaderBytes,
  gsoMaxBytes: gso = gsoMaxBytes,
}: Filling): number {
  const most = boundToHalfWindow(maxWindow, gso - headroom, headerLength);
  return Math.max(Math.floor(most / mss), 1) * mss;
}

/** Memory of the send queue, bytes: sk_wmem_queued and its limit. */
export interface SendMemory {
  readonly wmemQueued: number;
  readonly sndbuf: number;
}

/** A write may begin a new skb (sk_stream_memory_free): one byte below the limit is room for a whole one. */
export const hasMemory = ({ wmemQueued, sndbuf }: SendMemory): boolean => wmemQueued < sndbuf;

/** poll(2) finds room: what is free is at least half of what is queued (sk_stream_is_writeable). */
export const isPollable = ({ wmemQueued, sndbuf }: SendMemory): boolean => sndbuf - wmemQueued >= wmemQueued >> 1;

/** At most so much may be queued for `isPollable`, bytes. */
export const pollMark = (sndbuf: number): number => Math.floor((2 * sndbuf) / 3);

/** Bytes that one large write is taken of before it is told that there is no room. */
export const takenAtOnce = ({ wmemQueued, sndbuf }: SendMemory, goal: number): number =>
  Math.max(0, Math.ceil((sndbuf - wmemQueued) / (goal + skbOverhead))) * goal;
