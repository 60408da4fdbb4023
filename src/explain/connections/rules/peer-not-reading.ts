// peer-not-reading: the peer's window is shut, everything sent was acknowledged, more waits, and the kernel probes.
// Probes go on for ever while they are answered (net/ipv4/tcp_timer.c tcp_probe_timer).
import { bytes, duration } from "../../format.js";
import { isProbing, isWindowShut, notSentOf } from "../figures.js";
import { evidenceOf, type SocketView, severityAfter, type Verdict } from "../rule.js";

export const peerNotReading = (view: SocketView, stillMs: number): Verdict | undefined => {
  const { reading, thresholds, watch } = view;
  const { tcp, timer, mem } = reading;
  const notSent = notSentOf(reading);
  if (!tcp || !notSent || (tcp.unacked ?? 0) > 0) return undefined;
  const isShut = isWindowShut(reading);
  const probing = isProbing(reading);
  if (isShut === false || (isShut === undefined && probing !== true) || probing === false) return undefined;
  const window = tcp.sndWndBytes;
  return {
    symptom: "write-stalled",
    cause: "peer-not-reading",
    severity: severityAfter(stillMs, thresholds.stalledWarnMs),
    confidence: isShut && probing ? 0.97 : 0.85,
    weight: stillMs,
    headline: "could not send: the peer does not read",
    detail: () =>
      `${bytes(notSent)} wait${window === undefined ? "" : `, the peer's window is ${bytes(window)}`}, nothing moved for ${duration(stillMs)}`,
    evidence: () =>
      evidenceOf([
        ["nothing acknowledged for", stillMs, "ms", "tcpi_bytes_acked, tcpi_backoff"],
        ["written, not sent", notSent, "bytes", "SIOCOUTQNSD"],
        ["peer's window", window, "bytes", "tcpi_snd_wnd"],
        ["in flight", tcp.unacked, "segments", "tcpi_unacked"],
        ["doublings of the probe timer", tcp.backoff, "count", "tcpi_backoff"],
        ["next probe in", timer?.expiresMs, "ms", "idiag_expires"],
        ["peer last heard", tcp.lastAckRecvMs, "ms", "tcpi_last_ack_recv"],
        ["largest window seen", watch.peerWindowSeen, "bytes", "tcpi_snd_wnd"],
        ["send buffer used", mem?.wmemQueued, "bytes", "SO_MEMINFO wmem_queued"],
        ["send buffer", mem?.sndbuf, "bytes", "SO_MEMINFO sndbuf"],
        ["held in Node", reading.node?.writableLength, "bytes", "socket.writableLength"],
      ]),
    ruledOut: [
      { cause: "path-blackhole", because: "nothing is in flight unanswered: all that was sent is acknowledged" },
      ...(tcp.retransmits === 0 ? ([{ cause: "packet-loss", because: "no timeout of a data segment" }] as const) : []),
    ],
    remedy: [
      "Look at the peer: it has stopped reading (paused stream, blocked thread, a client that was suspended).",
      "Set a write timeout: socket.setTimeout(30000) fires only without activity; close what does not drain. The kernel never gives up while probes are answered.",
      "Stop producing while write() returns false; memory would grow in this process instead.",
    ],
  };
};
