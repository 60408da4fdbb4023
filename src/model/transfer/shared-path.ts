// Several connections over one path: what arrives at a host goes to the socket it belongs to, and what belongs to none is
// answered by a reset (net/ipv4/tcp_ipv4.c: tcp_v4_rcv, tcp_v4_send_reset).
import { createDemux, type Demux, type Endpoint } from "../demux.js";
import type { TransferCounters } from "./counter-names.js";
import type { Path } from "./path.js";
import type { Side } from "./scenario.js";
import type { Segment, Skb } from "./segment.js";
import { skbOverhead } from "./skb-size.js";

const server: Endpoint = { address: "10.0.0.2", port: 80 };
const firstClientPort = 32_768;
const clientOf = (connection: number): Endpoint => ({ address: "10.0.0.1", port: firstClientPort + connection });

const resetFor = ({ seq, bytes, ack, mss, sentAt, source, destination }: Segment): Segment => ({
  seq: ack,
  bytes: 0,
  ack: seq + bytes,
  window: 0,
  push: false,
  fin: false,
  rst: true,
  mss,
  sack: [],
  sentAt,
  echo: undefined,
  truesize: skbOverhead,
  frags: 0,
  original: undefined,
  source: destination,
  destination: source,
});

/** Returns the path as the connection with that number has it to itself. */
export function sharePath(path: Path, counters: TransferCounters, secret: number): (connection: number) => Path {
  const hosts: Readonly<Record<Side, Demux<(skb: Skb) => void>>> = {
    sender: createDemux("tcp", secret),
    receiver: createDemux("tcp", secret),
  };
  const arrive = (side: Side, skb: Skb): void => {
    const { segment } = skb;
    const { source = server, destination = server, rst } = segment;
    const found = hosts[side].find({ source, destination, ack: true, rst });
    if (found.kind === "connection") found.socket(skb);
    else if (found.kind === "nobody" && found.answer === "rst") {
      counters.set("OutRsts", (counters.get("OutRsts") ?? 0) + 1);
      path.send(side, resetFor(segment), () => undefined);
    }
  };
  path.onArrival("sender", (skb) => arrive("sender", skb));
  path.onArrival("receiver", (skb) => arrive("receiver", skb));

  return (connection) => {
    const client = clientOf(connection);
    const ends = {
      sender: { source: client, destination: server },
      receiver: { source: server, destination: client },
    } as const;
    return {
      ...path,
      onArrival: (side, receive) =>
        hosts[side].connect("connection", ends[side].source, ends[side].destination, receive),
      send: (side, segment, freed) => path.send(side, { ...segment, ...ends[side] }, freed),
    };
  };
}
