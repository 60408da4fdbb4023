// The loopback device (drivers/net/loopback.c): the sender's skb itself, cloned, is the receiver's; never split.
import type { Path } from "../path.js";
import type { Side } from "../scenario.js";
import type { Skb } from "../segment.js";
import type { Softirq } from "../softirq.js";
import { skbOverhead } from "../skb-size.js";

export function createLoopback(softirq: Softirq, mtu = 65_536): Path {
  const receivers: Partial<Record<Side, (skb: Skb) => void>> = {};
  return {
    mtu,
    gsoMaxBytes: 65_536,
    onArrival: (side, receive) => {
      receivers[side] = receive;
    },
    send: (side, segment, freed) => {
      freed();
      const { seq, bytes, mss, truesize, frags } = segment;
      const skb: Skb = {
        segment,
        seq,
        bytes,
        segments: Math.max(1, Math.ceil(bytes / mss)),
        mss: Math.min(bytes, mss),
        truesize,
        frags,
        freedWhenMerged: skbOverhead,
        tailroom: 0,
        isShared: true,
      };
      softirq.raise(() => receivers[side === "sender" ? "receiver" : "sender"]!(skb));
    },
  };
}
