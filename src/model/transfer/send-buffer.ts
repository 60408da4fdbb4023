// How much may wait to be sent, and when there is room again (include/net/sock.h: sk_stream_*; net/ipv4/tcp_input.c:
// tcp_sndbuf_expand, tcp_check_space).
import { isInFlight, type Tcp } from "./tcp.js";
import { poll } from "./wait-queue.js";
import { hasMemory, isPollable } from "./write-room.js";

const leastSegments = 10;
/** tp->reordering + 1 as it starts. */
const reorderingSegments = 4;
/** MAX_TCP_HEADER, sizeof(struct skb_shared_info) and of struct sk_buff, aligned. */
const headerBytes = 256;
const sharedInfoBytes = 320;
const skbStructBytes = 256;

/** What one segment takes in the worst case, each in an skb of its own. */
function segmentMemory(mss: number): number {
  let size = 1;
  while (size < mss + headerBytes + sharedInfoBytes) size *= 2;
  return size + skbStructBytes;
}

/** An automatic send buffer follows the congestion window (tcp_sndbuf_expand). */
export function expandSndbuf(tcp: Tcp): void {
  if (tcp.isSndbufLocked) return;
  const segments = Math.max(leastSegments, tcp.congestion.cwnd(), reorderingSegments);
  const wanted = tcp.congestion.sndbufFactor * segments * segmentMemory(Math.max(tcp.mssClamp, tcp.mssCache));
  if (tcp.sndbuf < wanted) tcp.sndbuf = Math.min(wanted, tcp.world.wmemMax);
}

const isBelowLowat = (tcp: Tcp, factor: number): boolean => (tcp.writeSeq - tcp.sndNxt) * factor < tcp.notsentLowat;

/** A write that begins a new skb is taken (sk_stream_memory_free). */
export const hasRoom = (tcp: Tcp): boolean => hasMemory(tcp) && isBelowLowat(tcp, 1);

/** poll(2) would say so (sk_stream_is_writeable): a third of the buffer is free, and little of it is unsent. */
export const isWritable = (tcp: Tcp): boolean => isPollable(tcp) && hasMemory(tcp) && isBelowLowat(tcp, 2);

/** Somebody found no room: is there again (tcp_check_space, sk_stream_write_space)? */
export function checkSpace(tcp: Tcp): void {
  if (!tcp.isNoSpace) return;
  if (isInFlight(tcp) < tcp.congestion.cwnd()) expandSndbuf(tcp);
  if (!isWritable(tcp)) return;
  tcp.isNoSpace = false;
  tcp.world.note(tcp.side, "writable");
  tcp.waitQueue.wake(poll.out);
}
