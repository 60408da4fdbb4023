// What one endpoint's TCP hands to IP, and what IP hands to the other's: sequence numbers count from the first data
// byte of their direction (0) and never wrap.
import type { Endpoint } from "../demux.js";

/** Header and payload as tcp_transmit_skb builds them; a GSO segment stands for several packets. */
export interface Segment {
  readonly seq: number;
  readonly bytes: number;
  readonly ack: number;
  /** Bytes offered, as the peer computes them from the header: a multiple of the window scale's unit. */
  readonly window: number;
  readonly push: boolean;
  readonly fin: boolean;
  readonly rst: boolean;
  /** Payload bytes of each packet it stands for (gso_size). */
  readonly mss: number;
  readonly sack: readonly SackBlock[];
  /** TCP timestamps: when it was sent and what it echoes, ns; the echo is undefined before anything was received. */
  readonly sentAt: number;
  readonly echo: number | undefined;
  /** The sending skb: its truesize and the page fragments that hold its payload. */
  readonly truesize: number;
  readonly frags: number;
  /** Payload bytes of each fragment, for devices that cut in software; undefined: evenly. */
  readonly fragBytes?: readonly number[] | undefined;
  /** The sender's own copy, which it holds until the segment is acknowledged; a pure ACK has none. */
  readonly original?: { readonly isHeld: boolean } | undefined;
  /** Whose it is. */
  readonly source?: Endpoint | undefined;
  readonly destination?: Endpoint | undefined;
}

export interface SackBlock {
  readonly from: number;
  readonly until: number;
}

/** A packet, or several merged by GRO or never split, as tcp_v4_rcv gets it. */
export interface Skb {
  readonly segment: Segment;
  /** The part of the segment's payload that it carries. */
  readonly seq: number;
  readonly bytes: number;
  /** Packets it stands for (gso_segs); 1 without. */
  readonly segments: number;
  /** What tcp_measure_rcv_mss takes for a packet's size: gso_size, or the payload. */
  readonly mss: number;
  readonly truesize: number;
  readonly frags: number;
  /**
   * What it takes to move its payload into the skb before it in the queue (skb_try_coalesce): truesize falls by so
   * many bytes (the head that is freed); undefined: its payload is linear in a head that cannot be taken over.
   */
  readonly freedWhenMerged: number | undefined;
  /** Payload lies in the linear head, with so much room behind it (skb_tailroom); 0 with fragments. */
  readonly tailroom: number;
  /** It shares its data with the sender's own copy until that is acknowledged: nothing can be merged into it till then. */
  readonly isShared: boolean;
}
