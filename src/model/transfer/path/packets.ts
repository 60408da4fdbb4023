// What becomes of a segment under way: it stays whole, or is cut into packets of one MSS, and what each of them is
// at the receiver (truesize, fragments, whether it can be merged). One row of `carriers` is a kind of device.
import type { Segment, Skb } from "../segment.js";
import { mostFrags, skbOverhead } from "../skb-size.js";
import { linearHead } from "./linear-head.js";

/** How a device hands a part of a segment to the receiver's IP. */
export type Carry = (segment: Segment, seq: number, bytes: number) => Skb;

const part = (
  segment: Segment,
  seq: number,
  bytes: number,
): Pick<Skb, "segment" | "seq" | "bytes" | "segments" | "mss"> => ({
  segment,
  seq,
  bytes,
  segments: Math.max(1, Math.ceil(bytes / segment.mss)),
  mss: Math.min(bytes, segment.mss),
});

/** The sender's own buffer, cloned (lo, veth): nothing is copied, and its pages are shared until they are acknowledged. */
const cloned: Carry = (segment, seq, bytes) => ({
  ...part(segment, seq, bytes),
  truesize: segment.truesize,
  frags: segment.frags,
  freedWhenMerged: skbOverhead,
  tailroom: 0,
  isShared: true,
});

/** Fragments of the segment's pages that lie in a part of it. */
export function fragsWithin({ seq: first, fragBytes }: Segment, seq: number, bytes: number): number {
  if (!fragBytes) return 1;
  const from = seq - first;
  let start = 0;
  let within = 0;
  for (const size of fragBytes) {
    if (start < from + bytes && start + size > from) within += 1;
    start += size;
  }
  return within;
}

/** A packet cut off in software (skb_segment): a head of its own, the payload still in the sender's pages. What need not be cut is cloned. */
const cutOff: Carry = (segment, seq, bytes) => ({
  ...part(segment, seq, bytes),
  truesize: skbOverhead + bytes,
  frags: fragsWithin(segment, seq, bytes),
  freedWhenMerged: skbOverhead,
  tailroom: 0,
  isShared: bytes === segment.bytes,
});

/** Copied into a linear buffer: 1448 bytes cost 2304, and only what fits behind them can join. */
const linear: Carry = (segment, seq, bytes) => ({
  ...part(segment, seq, bytes),
  ...linearHead(bytes),
  frags: 0,
  freedWhenMerged: undefined,
  isShared: false,
});

const pageBytes = 4096;
const pagesOfAFrag = 8;
/** NET_SKB_PAD, IP and TCP headers in front of the payload. */
const inFront = 116;

/** What a TUN device with TSO is given: under a page linear, else in pages of its own (sock_alloc_send_pskb). */
const paged: Carry = (segment, seq, bytes) => {
  if (bytes + inFront < pageBytes) return linear(segment, seq, bytes);
  const pages = Math.ceil(bytes / pageBytes);
  return {
    ...part(segment, seq, bytes),
    truesize: skbOverhead + pages * pageBytes,
    frags: Math.ceil(pages / pagesOfAFrag),
    freedWhenMerged: skbOverhead,
    tailroom: 0,
    isShared: false,
  };
};

/** A card's receive buffer: half a page for each packet. */
const cardBufferBytes = 2048;

/** Merged by GRO from a card's buffers: one head, a fragment for each packet (skb_gro_receive). */
const merged: Carry = (segment, seq, bytes) => {
  const packets = Math.max(1, Math.ceil(bytes / segment.mss));
  return {
    ...part(segment, seq, bytes),
    truesize: skbOverhead + packets * cardBufferBytes,
    frags: Math.min(packets, mostFrags),
    freedWhenMerged: skbOverhead,
    tailroom: 0,
    isShared: false,
  };
};

export interface Carrier {
  /** Segments travel whole; else as packets of one MSS. */
  readonly isWhole: boolean;
  readonly carry: Carry;
  /** Packets of one segment that arrive together are handed over as one, up to so many (0: one by one). */
  readonly mostMerged: number;
}

export const carriers: Readonly<Record<"whole" | "cut" | "linear" | "paged" | "merged", Carrier>> = {
  whole: { isWhole: true, carry: cloned, mostMerged: 0 },
  cut: { isWhole: false, carry: cutOff, mostMerged: 0 },
  linear: { isWhole: false, carry: linear, mostMerged: 0 },
  paged: { isWhole: true, carry: paged, mostMerged: 0 },
  merged: { isWhole: false, carry: merged, mostMerged: mostFrags },
};

/** A part of a segment under way. */
export interface Packet {
  readonly segment: Segment;
  readonly seq: number;
  readonly bytes: number;
}

export function packetsOf(segment: Segment, carrier: Carrier): readonly Packet[] {
  const { seq, bytes, mss } = segment;
  if (carrier.isWhole || bytes <= mss) return [{ segment, seq, bytes }];
  const packets: Packet[] = [];
  for (let from = 0; from < bytes; from += mss)
    packets.push({ segment, seq: seq + from, bytes: Math.min(mss, bytes - from) });
  return packets;
}

/** What the receiver's IP gets of packets that arrive at one moment. */
export function received(packets: readonly Packet[], carrier: Carrier): readonly Skb[] {
  const runs: { segment: Segment; seq: number; bytes: number; count: number }[] = [];
  for (const { segment, seq, bytes } of packets) {
    const last = runs.at(-1);
    const joins =
      last !== undefined &&
      last.segment === segment &&
      last.count < carrier.mostMerged &&
      last.seq + last.bytes === seq;
    if (joins) {
      last.bytes += bytes;
      last.count += 1;
    } else runs.push({ segment, seq, bytes, count: 1 });
  }
  return runs.map(({ segment, seq, bytes }) => carrier.carry(segment, seq, bytes));
}
