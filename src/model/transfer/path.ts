// What lies between two endpoints: devices, delay, rate, loss. `path/` implements it.
import type { Side } from "./scenario.js";
import type { Segment, Skb } from "./segment.js";

/** What a queue in front of a link has let go and thrown away, and what waits in it. */
export interface QueueFigures {
  readonly sent: number;
  readonly drops: number;
  readonly packets: number;
  readonly bytes: number;
}

export interface Path {
  readonly mtu: number;
  /** Largest payload of one segment that the sending device takes (sk_gso_max_size); the MSS where it cannot segment. */
  readonly gsoMaxBytes: number;
  /** Called in softirq context for each skb that reaches `side`. Returns what ends that. */
  onArrival(side: Side, receive: (skb: Skb) => void): () => void;
  /**
   * `side` transmits. `freed` is called once when the device has let go of the skb (tcp_wfree; TSQ counts by it): at
   * once on loopback and veth, when the packet is on the link where a queue holds it.
   */
  send(side: Side, segment: Segment, freed: () => void): void;
  /** Where `side`'s packets wait for a link of limited rate; undefined: they wait nowhere. */
  queue(side: Side): QueueFigures | undefined;
}
