// out-of-order-hole: segments have arrived behind one that is missing: memory is in use, nothing can be read (head of
// line). The peer has to repeat the missing one.
import { bytes, duration } from "../../format.js";
import { evidenceOf, type SocketView, severityAfter, type Verdict } from "../rule.js";

export const outOfOrderHole = (view: SocketView): Verdict | undefined => {
  const { reading, watch, window, at, thresholds } = view;
  if (watch.holeAt === undefined) return undefined;
  const standsMs = at - watch.holeAt;
  if (standsMs < thresholds.holeMs) return undefined;
  const held = reading.mem?.rmemAlloc ?? 0;
  return {
    symptom: "read-stalled",
    cause: "out-of-order-hole",
    severity: severityAfter(standsMs, thresholds.stalledWarnMs),
    confidence: (window.outOfOrderPackets ?? 0) > 0 ? 0.95 : 0.85,
    weight: standsMs,
    headline: "got nothing although data arrived: a segment before it is missing",
    detail: () => `${bytes(held)} are held behind a gap that stands for ${duration(standsMs)}`,
    evidence: () =>
      evidenceOf([
        ["held out of order", held, "bytes", "SO_MEMINFO rmem_alloc (truesize)"],
        ["received, not read", reading.recvQBytes, "bytes", "SIOCINQ"],
        ["out-of-order packets", reading.tcp?.rcvOoopack, "packets", "tcpi_rcv_ooopack"],
        ["of them in this window", window.outOfOrderPackets, "packets", "tcpi_rcv_ooopack"],
        ["in order in this window", window.receivedBytes, "bytes", "tcpi_bytes_received"],
        ["gap stands for", standsMs, "ms", "two looks and more"],
      ]),
    ruledOut: [
      { cause: "application-not-reading", because: "there is nothing in order to read" },
      { cause: "event-loop-blocked", because: "there is nothing in order to read" },
    ],
    remedy: [
      "Look at the path towards this host: one segment is lost again and again (MTU, firewall, offloading).",
      "Ask the sender's ss -tin for this connection: retrans, lost and backoff there say when it repeats.",
    ],
  };
};
