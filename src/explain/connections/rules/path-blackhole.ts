// path-blackhole: segments are in flight, retransmissions time out one after another, nothing comes back. The kernel
// gives up after tcp_retries2 (net/ipv4/tcp_timer.c tcp_write_timeout).
import { bytes, duration } from "../../format.js";
import { pendingOf, rttMsOf } from "../figures.js";
import { defaultRetries2, giveUpAfterMs, lossProbeMs } from "../give-up.js";
import { evidenceOf, type SocketView, severityAfter, type Verdict } from "../rule.js";

const remedies = (isOneWay: boolean): readonly string[] => [
  ...(isOneWay
    ? ["Something still comes back: large segments alone may be lost. Try ping -M do -s 1472, or a lower MTU."]
    : ["Look at the path and the peer: host down, cable, firewall or NAT that forgot the connection."]),
  "Notice it earlier: TCP_USER_TIMEOUT (30 s) or net.ipv4.tcp_retries2=8 (about 102 s), and a timeout in the application.",
];

export const pathBlackhole = (view: SocketView, stillMs: number): Verdict | undefined => {
  const { reading, thresholds, look } = view;
  const { tcp } = reading;
  const timeouts = tcp?.retransmits;
  if (!tcp?.unacked || timeouts === undefined || timeouts < thresholds.timeoutsInARow) return undefined;
  const silentMs = tcp.lastAckRecvMs;
  const isOneWay = silentMs !== undefined && silentMs < stillMs / 2;
  const retries2 = look.tcpRetries2 ?? defaultRetries2;
  const leftMs = Math.max(0, lossProbeMs(rttMsOf(reading) ?? 0) + giveUpAfterMs(retries2) - stillMs);
  const pending = pendingOf(reading) ?? 0;
  return {
    symptom: "write-stalled",
    cause: "path-blackhole",
    severity: severityAfter(stillMs, thresholds.stalledWarnMs),
    confidence: isOneWay || silentMs === undefined ? 0.7 : 0.95,
    weight: stillMs,
    headline: isOneWay
      ? "could not send: what is sent gets lost, although the peer is heard"
      : "could not send: nothing comes back from the peer",
    detail: () =>
      `${bytes(pending)} wait, ${timeouts} timeouts in a row, ${silentMs === undefined || isOneWay ? "" : `peer silent for ${duration(silentMs)}, `}the kernel gives up in about ${duration(leftMs)}`,
    evidence: () =>
      evidenceOf([
        ["nothing acknowledged for", stillMs, "ms", "tcpi_bytes_acked, tcpi_rto"],
        ["in flight, unanswered", tcp.unacked, "segments", "tcpi_unacked"],
        ["timeouts in a row", timeouts, "count", "tcpi_retransmits"],
        ["doublings of the timer", tcp.backoff, "count", "tcpi_backoff"],
        ["peer last heard", silentMs, "ms", "tcpi_last_ack_recv"],
        ["waiting", pending, "bytes", "SIOCOUTQ"],
        ["next attempt in", reading.timer?.expiresMs, "ms", "idiag_expires"],
        ["timeouts in all", tcp.totalRto, "count", "tcpi_total_rto"],
        ["changes of the path's hash", tcp.rehash, "count", "tcpi_rehash"],
        ["tcp_retries2", look.tcpRetries2, "count", "sysctl"],
        ["kernel gives up in", leftMs, "ms", `estimate: tcp_retries2 ${retries2}`],
      ]),
    ruledOut: [{ cause: "peer-not-reading", because: `${tcp.unacked} segments are in flight: the window was open` }],
    remedy: remedies(isOneWay),
  };
};
