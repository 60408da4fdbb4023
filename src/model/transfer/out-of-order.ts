// Segments beyond a hole wait here, and are told to the sender by SACK (net/ipv4/tcp_input.c: tcp_data_queue_ofo).
import { growBuffer } from "./receive-autotune.js";
import { charge, enqueue, release, reserve, tryCoalesce } from "./receive-queue.js";
import { growWindow } from "./receive-window.js";
import { count, type ReceivedSkb, type Tcp } from "./tcp.js";

const mostSacks = 4;

/** Newest first, adjacent ones joined (tcp_sack_new_ofo_skb). */
function addSack(tcp: Tcp, from: number, until: number): void {
  let block = { from, until };
  const others = tcp.sacks.filter((other) => {
    if (other.until < block.from || other.from > block.until) return true;
    block = { from: Math.min(block.from, other.from), until: Math.max(block.until, other.until) };
    return false;
  });
  tcp.sacks = [block, ...others].slice(0, mostSacks);
}

/** In order of sequence, what is covered by the new one is dropped. */
function insert(tcp: Tcp, skb: ReceivedSkb): boolean {
  const queue = tcp.outOfOrder;
  let at = queue.length;
  while (at > 0 && queue[at - 1]!.seq > skb.seq) at -= 1;
  const before = queue[at - 1];
  if (before && before.end >= skb.end) {
    count(tcp, "TCPOFOMerge");
    return false;
  }
  if (tryCoalesce(tcp, before, skb)) return false;
  let covered = at;
  while (covered < queue.length && queue[covered]!.end <= skb.end) {
    release(tcp, queue[covered]!.truesize);
    count(tcp, "TCPOFOMerge");
    covered += 1;
  }
  queue.splice(at, covered - at, skb);
  return true;
}

/** A segment ahead of what is expected arrived. */
export function queueOutOfOrder(tcp: Tcp, skb: ReceivedSkb, bytes: number): void {
  if (!reserve(tcp, skb.seq, skb.truesize)) {
    count(tcp, "TCPOFODrop");
    tcp.drops += 1;
    return;
  }
  count(tcp, "TCPOFOQueue");
  tcp.ack.isScheduled = true;
  if (insert(tcp, skb)) charge(tcp, skb.truesize);
  addSack(tcp, skb.seq, skb.end);
  growWindow(tcp, bytes, skb.truesize);
  growBuffer(tcp, tcp.spaceBytes);
}

/** What a filled hole makes in order moves to the receive queue (tcp_ofo_queue). */
export function drainOutOfOrder(tcp: Tcp): void {
  if (tcp.outOfOrder.length === 0) return;
  for (let skb = tcp.outOfOrder[0]; skb && skb.seq <= tcp.rcvNxt; skb = tcp.outOfOrder[0]) {
    tcp.outOfOrder.shift();
    release(tcp, skb.truesize);
    if (skb.end > tcp.rcvNxt) enqueue(tcp, { ...skb, seq: tcp.rcvNxt });
  }
  if (tcp.outOfOrder.length === 0) tcp.ack.isNow = true;
  tcp.sacks = tcp.sacks.filter(({ until }) => until > tcp.rcvNxt);
}
