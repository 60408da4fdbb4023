// The receive queue: merging, memory, collapsing and pruning (net/ipv4/tcp_input.c: tcp_try_coalesce, tcp_collapse,
// tcp_prune_queue). Its size is the skbs' truesize, not the bytes in them.
import { clampWindow, shortenWindow, windowFromSpace } from "./receive-window.js";
import { headTruesize, mostFrags } from "./skb-size.js";
import { giveBack, isPressed, take } from "./socket-memory.js";
import { count, type ReceivedSkb, type Tcp } from "./tcp.js";

/** A page's skb: what fits into it with its overhead (SKB_MAX_ORDER(0, 0)), and what it then takes. */
const collapsedBytes = 3776;
const payloadOf = (skb: ReceivedSkb): number => skb.end - skb.seq - (skb.fin ? 1 : 0);

/** Moves `from`'s payload to the end of `to` where that costs nothing; returns how much memory that adds, or undefined (skb_try_coalesce). */
function mergedSize(to: ReceivedSkb, from: ReceivedSkb): number | undefined {
  if (to.isShared()) return undefined;
  const bytes = payloadOf(from);
  if (bytes <= to.tailroom) {
    to.tailroom -= bytes;
    return 0;
  }
  if (from.freedWhenMerged === undefined || to.frags + from.frags > mostFrags) return undefined;
  to.tailroom = 0;
  to.frags += from.frags;
  return from.truesize - from.freedWhenMerged;
}

/** tcp_try_coalesce. */
export function tryCoalesce(tcp: Tcp, to: ReceivedSkb | undefined, from: ReceivedSkb): boolean {
  if (!to || from.seq !== to.end || to.fin) return false;
  const added = mergedSize(to, from);
  if (added === undefined) return false;
  to.truesize += added;
  to.end = from.end;
  to.fin = from.fin;
  tcp.rmemAlloc += added;
  tcp.forwardAlloc -= added;
  count(tcp, "TCPRcvCoalesce");
  return true;
}

/** skb_set_owner_r, sock_rfree. */
export function charge(tcp: Tcp, truesize: number): void {
  tcp.rmemAlloc += truesize;
  tcp.forwardAlloc -= truesize;
}
export function release(tcp: Tcp, truesize: number): void {
  tcp.rmemAlloc -= truesize;
  tcp.forwardAlloc += truesize;
  giveBack(tcp);
}

/** tcp_can_ingest. */
const canIngest = (tcp: Tcp): boolean => tcp.rmemAlloc <= tcp.rcvbuf;

const isBloated = (tcp: Tcp, skb: ReceivedSkb): boolean =>
  windowFromSpace(skb.truesize, tcp.scalingRatio) > payloadOf(skb);

/** Copies the queue's skbs from the first bloated one on into page-sized ones (tcp_collapse). */
export function collapse(tcp: Tcp, queue: readonly ReceivedSkb[], start: number): ReceivedSkb[] {
  const first = queue.findIndex((skb) => !skb.fin && (isBloated(tcp, skb) || skb.seq < start));
  if (first < 0) return [...queue];
  const last = queue.findIndex((skb, index) => index >= first && skb.fin);
  const old = queue.slice(first, last < 0 ? undefined : last);
  const copies: ReceivedSkb[] = [];
  const end = old.at(-1)!.end;
  for (let seq = Math.max(start, old[0]!.seq); seq < end; ) {
    const bytes = Math.min(collapsedBytes, end - seq);
    const truesize = headTruesize(bytes);
    copies.push({
      seq,
      end: seq + bytes,
      truesize,
      frags: 0,
      tailroom: 0,
      fin: false,
      freedWhenMerged: undefined,
      isShared: () => false,
    });
    charge(tcp, truesize);
    seq += bytes;
  }
  for (const skb of old) release(tcp, skb.truesize);
  count(tcp, "TCPRcvCollapsed", old.length);
  return [...queue.slice(0, first), ...copies, ...(last < 0 ? [] : queue.slice(last))];
}

/** Drops what lies furthest ahead, an eighth of the buffer at a time (tcp_prune_ofo_queue); false: there was nothing. */
function pruneOutOfOrder(tcp: Tcp, seq: number): boolean {
  let goal = tcp.rcvbuf >> 3;
  let isPruned = false;
  for (let skb = tcp.outOfOrder.at(-1); skb && seq <= skb.seq; skb = tcp.outOfOrder.at(-1)) {
    tcp.outOfOrder.pop();
    release(tcp, skb.truesize);
    isPruned = true;
    tcp.drops += 1;
    goal -= skb.truesize;
    if (goal > 0) continue;
    if (canIngest(tcp) && !isPressed(tcp)) break;
    goal = tcp.rcvbuf >> 3;
  }
  if (!isPruned) return false;
  count(tcp, "OfoPruned");
  tcp.sacks = [];
  return true;
}

/** Tries to get below the bound again; false: what arrives is dropped (tcp_prune_queue). */
function prune(tcp: Tcp, seq: number): boolean {
  if (tcp.rmemAlloc === 0) return false;
  count(tcp, "PruneCalled");
  if (!canIngest(tcp)) clampWindow(tcp);
  else if (isPressed(tcp)) shortenWindow(tcp);
  if (canIngest(tcp)) return true;
  tcp.receiveQueue = collapse(tcp, tcp.receiveQueue, tcp.copiedSeq);
  if (canIngest(tcp)) return true;
  pruneOutOfOrder(tcp, seq);
  if (canIngest(tcp)) return true;
  count(tcp, "RcvPruned");
  return false;
}

/** There is memory for a segment of `truesize` that begins at `seq` (tcp_try_rmem_schedule). */
export function reserve(tcp: Tcp, seq: number, truesize: number): boolean {
  if (canIngest(tcp) && take(tcp, truesize)) return true;
  if (!prune(tcp, seq)) return false;
  while (!take(tcp, truesize)) if (!pruneOutOfOrder(tcp, seq)) return false;
  return true;
}

/** Puts an in-order segment at the end (tcp_queue_rcv). */
export function enqueue(tcp: Tcp, skb: ReceivedSkb): void {
  const isMerged = tryCoalesce(tcp, tcp.receiveQueue.at(-1), skb);
  tcp.rcvNxt = skb.end;
  if (isMerged) return;
  tcp.receiveQueue.push(skb);
  charge(tcp, skb.truesize);
}
