// connect-failing: SYNs that nobody answers (SYN-SENT).
import { duration, placeOf } from "../../format.js";
import { evidenceOf, type SocketRule } from "../rule.js";
import { silenceCause, silenceRemedies } from "./connect-cause.js";

/** Repeats come a second apart at least (tcp_syn_linear_timeouts), later at longer intervals. */
const repeatMs = 1000;

export const connectUnanswered: SocketRule = (view) => {
  const { reading, watch, at, peer, thresholds } = view;
  const { tcp } = reading;
  if (reading.transport !== "tcp" || reading.state !== "SYN-SENT") return undefined;
  const repeats = tcp?.retransmits ?? 0;
  const silentMs = repeats > 0 && peer?.silentSince !== undefined ? at - peer.silentSince + repeatMs : 0;
  const waitedMs = Math.max(at - watch.firstAt, repeats * repeatMs, silentMs);
  if (waitedMs < thresholds.unansweredSynMs) return undefined;
  const [cause, because] = silenceCause(view, waitedMs);
  return {
    symptom: "connect-failing",
    cause,
    severity: "warning",
    confidence: cause === "unknown" ? 0.4 : 0.85,
    weight: waitedMs,
    headline: `did not come about: ${cause === "unknown" ? "no answer" : because}`,
    detail: () => `SYN unanswered for ${duration(waitedMs)}, ${repeats} repeats`,
    evidence: () =>
      evidenceOf([
        ["waits for", placeOf({ address: reading.remoteAddress, port: reading.remotePort }), undefined, "SYN-SENT"],
        ["unanswered for", waitedMs, "ms", "looks, tcpi_retransmits"],
        ["SYN repeats", repeats, "count", "tcpi_retransmits"],
        ["peer", because, undefined, "own sockets"],
      ]),
    ruledOut: [{ cause: "peer-refusing", because: "no RST came" }],
    remedy: [silenceRemedies[cause]],
  };
};
