// connect-failing: SYNs that nobody answers (SYN-SENT), and connections that are established for this side only: a peer whose
// accept queue is full drops the handshake's last segment, and all data with it (net/ipv4/tcp_minisocks.c tcp_check_req).
import { duration, placeOf } from "../../format.js";
import { isUnaccepted } from "../figures.js";
import { evidenceOf, type SocketRule, type SocketView, type Verdict } from "../rule.js";
import { silenceCause, silenceRemedies } from "./connect-cause.js";

/** Repeats come a second apart at least (tcp_syn_linear_timeouts), later at longer intervals. */
const repeatMs = 1000;

const halfAccepted = (view: SocketView): Verdict | undefined => {
  const { reading, thresholds, watch, at } = view;
  const waitedMs = Math.max(at - watch.firstAt, reading.tcp?.lastAckRecvMs ?? 0);
  if (waitedMs < thresholds.unansweredSynMs) return undefined;
  const [cause, because] = silenceCause(view, waitedMs);
  // What else it may be is a path that died after the handshake: that is told as what it is, write-stalled.
  if (cause !== "peer-overflowing") return undefined;
  return {
    symptom: "connect-failing",
    cause,
    severity: "warning",
    confidence: 0.8,
    weight: waitedMs,
    headline: `are not accepted: ${because}`,
    detail: () => `established here, and nothing that was sent is acknowledged for ${duration(waitedMs)}`,
    evidence: () =>
      evidenceOf([
        [
          "connected to",
          placeOf({ address: reading.remoteAddress, port: reading.remotePort }),
          undefined,
          "own sockets",
        ],
        ["nothing acknowledged for", waitedMs, "ms", "tcpi_last_ack_recv"],
        ["timeouts in a row", reading.tcp?.retransmits, "count", "tcpi_retransmits"],
        ["acknowledged in all", reading.tcp?.bytesAcked, "bytes", "tcpi_bytes_acked: the SYN"],
        ["peer", because, undefined, "own sockets"],
      ]),
    ruledOut: [{ cause: "path-blackhole", because: "the peer answers other connections" }],
    remedy: [silenceRemedies[cause]],
  };
};

export const connectUnanswered: SocketRule = (view) => {
  const { reading, watch, at, peer, thresholds } = view;
  const { tcp } = reading;
  if (isUnaccepted(reading)) return halfAccepted(view);
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
