// What tcp_info counts and the model's sockets need not know themselves: segments that passed, when, and how long a
// limit held (tcp_get_info, tcp_chrono_set; net/ipv4/tcp.c).
import type { Engine } from "../engine.js";
import type { Path } from "./path.js";
import type { Side } from "./scenario.js";
import type { Segment, Skb } from "./segment.js";
import type { Tcp } from "./tcp.js";

export interface EndFigures {
  dataSegsOut: number;
  dataSegsIn: number;
  totalRetrans: number;
  bytesSent: number;
  /** Packets that came behind a gap. */
  rcvOoopack: number;
  /** ns; undefined: none came. */
  dataReceivedAt: number | undefined;
  ackReceivedAt: number | undefined;
  /** Time with something to send or in flight, and of it held by the peer's window, ns. */
  busy: number;
  windowLimited: number;
}

export interface Meter {
  readonly figures: Readonly<Record<Side, EndFigures>>;
  /** The path, with what passes counted. */
  watch(path: Path): Path;
  /** The two ends, once they are made. */
  attach(engine: Engine, ends: Readonly<Record<Side, Tcp>>): void;
  /** After each event: what held until now is added up. */
  note(): void;
}

interface Ends {
  readonly engine: Engine;
  readonly of: Readonly<Record<Side, Tcp>>;
}

const nothing = (): EndFigures => ({
  dataSegsOut: 0,
  dataSegsIn: 0,
  totalRetrans: 0,
  bytesSent: 0,
  rcvOoopack: 0,
  dataReceivedAt: undefined,
  ackReceivedAt: undefined,
  busy: 0,
  windowLimited: 0,
});

const packetsOf = ({ bytes, mss }: Pick<Segment, "bytes" | "mss">): number => Math.ceil(bytes / mss);

export function createMeter(): Meter {
  const figures = { sender: nothing(), receiver: nothing() };
  const sentUpTo = { sender: 0, receiver: 0 };
  let ends: Ends | undefined;
  let notedAt = 0;
  let held: readonly { readonly of: EndFigures; readonly isLimited: boolean }[] = [];

  const sent = (side: Side, segment: Segment): void => {
    const packets = packetsOf(segment);
    figures[side].dataSegsOut += packets;
    figures[side].bytesSent += segment.bytes;
    if (packets > 0 && segment.seq < sentUpTo[side]) figures[side].totalRetrans += packets;
    sentUpTo[side] = Math.max(sentUpTo[side], segment.seq + segment.bytes);
  };
  const arrived = (side: Side, { seq, bytes, segments }: Skb): void => {
    const now = ends?.engine.now() ?? 0;
    const own = figures[side];
    own.ackReceivedAt = now;
    if (bytes === 0) return;
    own.dataReceivedAt = now;
    own.dataSegsIn += segments;
    if (ends && seq > ends.of[side].rcvNxt) own.rcvOoopack += segments;
  };

  return {
    figures,
    watch: (path) => ({
      ...path,
      send: (side, segment, freed) => {
        sent(side, segment);
        path.send(side, segment, freed);
      },
      onArrival: (side, receive) =>
        path.onArrival(side, (skb) => {
          arrived(side, skb);
          receive(skb);
        }),
    }),
    attach: (engine, of) => {
      ends = { engine, of };
    },
    note: () => {
      if (!ends) return;
      const { engine, of } = ends;
      const passed = engine.now() - notedAt;
      notedAt = engine.now();
      for (const one of held) {
        one.of.busy += passed;
        if (one.isLimited) one.of.windowLimited += passed;
      }
      held = [of.sender, of.receiver].flatMap((tcp) =>
        tcp.writeSeq > tcp.sndUna ? [{ of: figures[tcp.side], isLimited: tcp.isWindowLimited }] : [],
      );
    },
  };
}
