// A path by its description: two directions, and at each end a device that cuts, copies or merges.
import type { Engine } from "../../engine.js";
import type { Path } from "../path.js";
import type { PathSpec, Side } from "../scenario.js";
import type { Segment, Skb } from "../segment.js";
import type { Softirq } from "../softirq.js";
import { gsoMaxBytes } from "../write-room.js";
import { createDirection } from "./direction.js";
import { type Carrier, carriers, packetsOf, received } from "./packets.js";

const mtus = { loopback: 65_536, veth: 1500, wire: 1500 } as const;

/** The device is told by its name, what carries the delay, and the offloads. */
export function carrierOf(spec: PathSpec): Carrier {
  const gso = spec.gso ?? true;
  if (spec.device === "loopback") return carriers.whole;
  if (spec.delayedLink === "tun") return gso ? carriers.paged : carriers.linear;
  if (spec.device === "veth") return gso ? carriers.whole : carriers.cut;
  return (spec.gro ?? gso) ? carriers.merged : carriers.linear;
}

/** The rate is that of the sender's own device, whose queue counts against the flow; a TUN device forgets what it took. */
export const isQueuedHere = (spec: PathSpec): boolean =>
  (spec.bottleneck ?? (spec.delayedLink === "tun" ? "link" : "device")) === "device";

const other = { sender: "receiver", receiver: "sender" } as const satisfies Record<Side, Side>;

export function createPath(engine: Engine, softirq: Softirq, spec: PathSpec): Path {
  const carrier = carrierOf(spec);
  const holds = isQueuedHere(spec);
  const directions = { sender: createDirection(engine, spec), receiver: createDirection(engine, spec) };
  const receivers: Partial<Record<Side, (skb: Skb) => void>> = {};

  const send = (side: Side, segment: Segment, freed: () => void): void => {
    const arrived = (together: Parameters<typeof received>[0]): void =>
      softirq.raise(() => {
        for (const skb of received(together, carrier)) receivers[other[side]]?.(skb);
      });
    const ignore = (): void => undefined;
    if (!holds) freed();
    directions[side].carry(packetsOf(segment, carrier), arrived, holds ? freed : ignore);
  };

  return {
    mtu: spec.mtu ?? mtus[spec.device],
    // TCP builds super-segments also where the device cannot cut them (sk_setup_caps).
    gsoMaxBytes,
    onArrival: (side, receive) => {
      receivers[side] = receive;
      return () => {
        delete receivers[side];
      };
    },
    send,
    queue: (side) => directions[side].queue(),
  };
}
