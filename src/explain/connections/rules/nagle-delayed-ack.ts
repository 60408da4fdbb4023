// nagle-delayed-ack: a small second write waits for the ACK of the first, and the peer delays that ACK by 40 ms. Told
// from the time that sending kept busy for each pair of segments: 40 to 48 ms and one or two round trips.
import type { Verdict, SocketView } from "../rule.js";
import { minRttMsOf, notSentOf } from "../figures.js";
import { evidenceOf } from "../rule.js";

const delayedAckMs = 40;
/** One jiffy at HZ=100 beyond the 48 ms measured. */
const spreadMs = 18;

/** A shorter window has too few rounds to tell a habit from chance. */
const leastWindowMs = 900;

export const nagleDelayedAck = (view: SocketView): Verdict | undefined => {
  const { window, stretch, reading, thresholds } = view;
  const { busyMs, sentSegments, retransSegments, ackedBytes } = window;
  if (reading.node?.noDelay === true || busyMs === undefined || !sentSegments || !ackedBytes) return undefined;
  if (
    window.ms < leastWindowMs ||
    stretch.nagled < 2 ||
    stretch.nagled < stretch.looks / 2 ||
    (retransSegments ?? 0) > 0
  )
    return undefined;
  const rounds = sentSegments / 2;
  const roundMs = busyMs / rounds;
  const mostMs = delayedAckMs + spreadMs + 2 * (minRttMsOf(reading) ?? 0);
  if (rounds < thresholds.nagleRounds || roundMs < delayedAckMs || roundMs > mostMs) return undefined;
  const known = reading.node?.noDelay === false;
  return {
    symptom: "write-stalled",
    cause: "nagle-delayed-ack",
    severity: "warning",
    confidence: known ? 0.95 : 0.85,
    weight: rounds,
    headline: "waited 40 ms in each round trip: small writes meet a delayed ACK (Nagle)",
    detail: () => `${Math.round(rounds)} round trips in ${Math.round(window.ms)} ms, ${Math.round(roundMs)} ms each`,
    evidence: () =>
      evidenceOf([
        ["round trips", rounds, "count", "tcpi_data_segs_out / 2"],
        ["time for each", roundMs, "ms", "tcpi_busy_time"],
        ["held back now", notSentOf(reading), "bytes", "SIOCOUTQNSD"],
        ["in flight", reading.tcp?.unacked, "segments", "tcpi_unacked"],
        ["looks at which it was so", `${stretch.nagled} of ${stretch.looks}`, undefined, "tcpi_unacked, notsent"],
        ["least round trip", minRttMsOf(reading), "ms", "tcpi_min_rtt"],
        ["noDelay", known ? "off" : undefined, undefined, "socket"],
      ]),
    ruledOut: [
      { cause: "packet-loss", because: "no segment was retransmitted, and a timeout takes 200 ms at least" },
      { cause: "peer-not-reading", because: "bytes are acknowledged in every round" },
    ],
    remedy: [
      "socket.setNoDelay(true): 40 ms less in every request.",
      "Or write once: cork() before the parts, uncork() after them, or one buffer.",
    ],
  };
};
