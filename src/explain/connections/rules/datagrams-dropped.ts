// datagrams-dropped: a UDP socket's queue overflowed (net/ipv4/udp.c __udp_enqueue_schedule_skb). The socket's own drops say
// it exactly; who is to blame is in the loop and in whether the queue was ever emptied.
import { bytes, count, duration } from "../../format.js";
import { blockOf, isHeld, loopRows } from "../loop-verdict.js";
import { evidenceOf, type SocketRule, type SocketView } from "../rule.js";
import { isReceiveFull, staysFullMs } from "../socket-watch.js";

type UdpCause = "event-loop-blocked" | "application-not-reading" | "receive-buffer" | "unknown";

/** `undefined`: full only now. It is a rush, a block that begins, or nobody reads: the next look tells. */
const causeOf = ({ loop, watch, reading, thresholds, at }: SocketView): UdpCause | undefined => {
  if (!loop) return "unknown";
  const block = blockOf(loop);
  if (block.stillMs >= thresholds.blockedMs) return isHeld(block) ? "unknown" : "event-loop-blocked";
  if (loop.movedAt === undefined) return "unknown";
  if (!isReceiveFull(reading)) return "receive-buffer";
  return watch.fullAt !== undefined && at - watch.fullAt >= staysFullMs ? "application-not-reading" : undefined;
};

const headlines: Readonly<Record<UdpCause, string>> = {
  "event-loop-blocked": "lost datagrams: the event loop stood still",
  "application-not-reading":
    "lost datagrams: the queue stays full, the application does not read it, or not fast enough",
  "receive-buffer": "lost datagrams: more came at once than the receive buffer holds",
  unknown: "lost datagrams",
};

const remediesOf = (cause: UdpCause, rcvbuf: number): readonly string[] =>
  cause === "application-not-reading"
    ? [
        "Read the socket, or close it; if it is read, do less for each datagram: no buffer helps against a queue that stays full.",
      ]
    : [
        ...(cause === "event-loop-blocked"
          ? ["Find what blocks the loop (the stack, node --cpu-prof) and move it into a worker thread or cut it up."]
          : []),
        `socket.setRecvBufferSize(${Math.max(1_048_576, 2 * rcvbuf)}), with net.core.rmem_max not below it.`,
      ];

export const datagramsDropped: SocketRule = (view) => {
  const { reading, watch, thresholds, loop } = view;
  const drops = watch.lateDrops;
  if (reading.transport !== "udp" || !drops) return undefined;
  const cause = causeOf(view);
  if (!cause) return undefined;
  const { rmemAlloc, rcvbuf } = reading.mem ?? {};
  return {
    symptom: "datagrams-dropped",
    cause,
    severity: drops >= thresholds.droppedDatagrams ? "warning" : "info",
    confidence: cause === "unknown" ? 0.5 : 0.9,
    weight: drops,
    headline: headlines[cause],
    detail: () =>
      `${count(drops, "datagram")} dropped in ${duration(watch.step?.ms ?? 0)}, receive buffer ${bytes(rcvbuf ?? 0)}`,
    evidence: () =>
      evidenceOf([
        ["dropped", drops, "datagrams", "SO_MEMINFO drops"],
        ["receive buffer used", rmemAlloc, "bytes", "SO_MEMINFO rmem_alloc"],
        ["receive buffer", rcvbuf, "bytes", "SO_MEMINFO rcvbuf"],
        ...(loop && cause !== "receive-buffer" ? loopRows(blockOf(loop)) : []),
        ["not known", loop ? undefined : "the event loop", undefined, "missing readings"],
      ]),
    ruledOut:
      cause === "receive-buffer" || cause === "application-not-reading"
        ? [{ cause: "event-loop-blocked", because: "the event loop turned all the time" }]
        : [],
    remedy: remediesOf(cause, rcvbuf ?? 0),
  };
};
