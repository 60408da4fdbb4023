// Buffers of the send queue: made, filled, split, joined (net/ipv4/tcp_output.c: tso_fragment, tcp_fragment,
// tcp_grow_skb; net/core/skbuff.c: skb_split, skb_shift).
import { mostFrags, skbOverhead } from "./skb-size.js";
import type { SendSkb, Tcp } from "./tcp.js";

/** An empty one at the end of what was written (tcp_stream_alloc_skb, tcp_skb_entail). */
export const newSendSkb = (seq: number): SendSkb => ({
  seq,
  end: seq,
  bytes: 0,
  truesize: skbOverhead,
  frags: [],
  lastPage: -1,
  lastOffset: 0,
  segments: 1,
  fin: false,
  push: false,
  sentAt: 0,
  stamp: undefined,
  isHeld: true,
  isSacked: false,
  isLost: false,
  isResent: false,
  wasResent: false,
});

/** tcp_set_skb_tso_segs. */
export const setSegments = (skb: SendSkb, mss: number): number => {
  skb.segments = Math.max(1, Math.ceil(skb.bytes / mss));
  return skb.segments;
};

/** Takes the first `bytes` of a list of fragments away and returns them. */
function takeFrags(frags: number[], bytes: number): number[] {
  const taken: number[] = [];
  for (let left = bytes; left > 0; ) {
    const first = frags[0]!;
    if (first <= left) {
      taken.push(first);
      frags.shift();
      left -= first;
    } else {
      taken.push(left);
      frags[0] = first - left;
      left = 0;
    }
  }
  return taken;
}

/** Leaves `bytes` in `skb`; returns the new one with the rest. */
export function split(tcp: Tcp, skb: SendSkb, bytes: number, mss: number): SendSkb {
  const rest = skb.bytes - bytes;
  const kept = takeFrags(skb.frags, bytes);
  const right: SendSkb = {
    ...newSendSkb(skb.seq + bytes),
    end: skb.end,
    bytes: rest,
    truesize: skbOverhead + rest,
    frags: skb.frags,
    lastPage: skb.lastPage,
    lastOffset: skb.lastOffset,
    fin: skb.fin,
    push: skb.push,
    sentAt: skb.sentAt,
    stamp: skb.stamp,
    isSacked: skb.isSacked,
    isLost: skb.isLost,
    isResent: skb.isResent,
    wasResent: skb.wasResent,
  };
  skb.frags = kept;
  skb.lastPage = -1;
  skb.end = right.seq;
  skb.bytes = bytes;
  skb.truesize -= rest;
  skb.fin = false;
  skb.push = false;
  tcp.wmemQueued += skbOverhead;
  setSegments(skb, mss);
  setSegments(right, mss);
  return right;
}

/** Moves up to `wanted` bytes from the second skb of the write queue to the first (tcp_grow_skb). */
export function grow(tcp: Tcp, wanted: number): void {
  const [first, next] = tcp.writeQueue;
  if (!first || !next) return;
  const bytes = Math.min(wanted, next.bytes);
  if (bytes === 0 || first.frags.length + (bytes === next.bytes ? next.frags.length : 1) > mostFrags) return;
  first.frags.push(...takeFrags(next.frags, bytes));
  first.bytes += bytes;
  first.truesize += bytes;
  first.end += bytes;
  next.seq += bytes;
  next.bytes -= bytes;
  next.truesize -= bytes;
  if (next.bytes > 0) return;
  first.end = next.end;
  first.fin = next.fin;
  first.push ||= next.push;
  first.lastPage = next.lastPage;
  first.lastOffset = next.lastOffset;
  tcp.writeQueue.splice(1, 1);
  tcp.wmemQueued -= next.truesize;
}

/** Removes what is acknowledged from its head (tcp_trim_head). */
export function trimHead(tcp: Tcp, skb: SendSkb, bytes: number, mss: number): void {
  takeFrags(skb.frags, bytes);
  skb.seq += bytes;
  skb.bytes -= bytes;
  skb.truesize -= bytes;
  tcp.wmemQueued -= bytes;
  if (skb.segments > 1) setSegments(skb, mss);
}
