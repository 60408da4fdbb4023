// connect-failing: a connection that came about, but only after its SYN was repeated (tcpi_total_retrans of a connection
// that was in SYN-SENT at the look before): its user has waited for a second or more.
import { count, duration, placeOf } from "../../format.js";
import { evidenceOf, type SocketRule } from "../rule.js";
import { silenceCause, silenceRemedies } from "./connect-cause.js";

/** When Linux repeats a SYN (tcp_syn_linear_timeouts=4), ms after the first one; before 6.5: 1, 3, 7, 15 s. */
const gridMs = [1000, 2000, 3000, 4000, 5000, 7000, 11_000, 19_000, 35_000, 67_000];

export const connectLate: SocketRule = (view) => {
  const { reading, watch, thresholds } = view;
  const repeats = watch.step?.synRepeats;
  if (!repeats) return undefined;
  const waitedMs = gridMs[Math.min(repeats, gridMs.length) - 1]!;
  const [cause, because] = silenceCause(view, waitedMs);
  // What came about in the end was no dead path, and a path that fails for a moment heals by itself.
  const isFull = cause === "peer-overflowing";
  return {
    symptom: "connect-failing",
    cause: isFull ? cause : "unknown",
    severity: isFull ? "warning" : "info",
    confidence: isFull ? 0.8 : 0.4,
    weight: waitedMs,
    crowd: thresholds.failedConnects,
    isEvent: true,
    quietMs: thresholds.connectQuietMs,
    headline: "came about late, after SYNs that went unanswered",
    detail: () => `${duration(waitedMs)} and more, ${count(repeats, "repeat")} of the SYN`,
    evidence: () =>
      evidenceOf([
        [
          "connected to",
          placeOf({ address: reading.remoteAddress, port: reading.remotePort }),
          undefined,
          "own sockets",
        ],
        ["connecting took at least", waitedMs, "ms", "tcpi_total_retrans"],
        ["SYN repeats", repeats, "count", "tcpi_total_retrans"],
        ["round trip", view.reading.tcp?.minRttMicros, "us", "tcpi_min_rtt"],
        ["peer", because, undefined, "own sockets"],
      ]),
    ruledOut: [
      { cause: "peer-refusing", because: "no RST came" },
      { cause: "path-blackhole", because: "the peer answered in the end" },
    ],
    remedy: [silenceRemedies[isFull ? cause : "unknown"]],
  };
};
