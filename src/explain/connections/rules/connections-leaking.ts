// connections-leaking: the peer has closed and the application never did (CLOSE-WAIT with a descriptor), or the peer is
// gone and nothing has noticed (keep-alive probes without an answer).
import { count, duration } from "../../format.js";
import { pendingOf } from "../figures.js";
import { evidenceOf, type SocketRule, type SocketView, type Verdict } from "../rule.js";

/** At least so long since the FIN. What this side sent later makes it a half-open stream in use: then since that. */
const closedMsOf = ({ watch, reading: { tcp }, at }: SocketView): number => {
  const seen = watch.closeWaitAt === undefined ? 0 : at - watch.closeWaitAt;
  return Math.min(Math.max(seen, tcp?.lastAckRecvMs ?? 0), tcp?.lastDataSentMs ?? Infinity);
};

const closeWait = (view: SocketView): Verdict | undefined => {
  const { reading, thresholds, window, look, watchedMs } = view;
  if (reading.state !== "CLOSE-WAIT" || reading.inode === 0) return undefined;
  const closedMs = closedMsOf(view);
  // What is still to be sent holds it open: that is a stalled write, if it does not move.
  const isInUse = (window.ackedBytes ?? 0) > 0 || (pendingOf(reading) ?? 0) > 0;
  if (closedMs < thresholds.closeWaitMs || isInUse) return undefined;
  return {
    symptom: "connections-leaking",
    cause: "close-wait",
    // What was so before anybody looked may be old; what is added while we look is a leak.
    severity: closedMs <= watchedMs ? "warning" : "info",
    crowd: thresholds.leakedConnections,
    confidence: 0.93,
    weight: closedMs,
    headline: "stayed open although the peer has closed: the application never closed its side",
    detail: () => `CLOSE-WAIT for ${duration(closedMs)}`,
    evidence: () =>
      evidenceOf([
        ["since the peer closed", closedMs, "ms", "tcpi_last_ack_recv, looks"],
        ["in CLOSE-WAIT, all of the process", look.counts["CLOSE-WAIT"], "connections", "own sockets"],
        ["received, not read", reading.recvQBytes, "bytes", "SIOCINQ"],
        ["half-open allowed", reading.node?.allowHalfOpen ? "yes" : undefined, undefined, "socket.allowHalfOpen"],
      ]),
    ruledOut: [{ cause: "half-open", because: "the peer's FIN was received" }],
    remedy: [
      "Close what the peer has closed: end() or destroy() on 'end' with allowHalfOpen; destroy() paused sockets, which never see 'end'.",
      `Each holds a descriptor: ${count(look.counts["CLOSE-WAIT"] ?? 1, "connection")} now, against ulimit -n.`,
    ],
  };
};

const halfOpen = ({ reading, thresholds }: SocketView): Verdict | undefined => {
  const { tcp, sendQBytes, timer } = reading;
  const probes = tcp?.probes ?? 0;
  if (reading.state !== "ESTAB" || probes < thresholds.unansweredProbes || tcp?.unacked || sendQBytes) return undefined;
  if (timer && timer.kind !== "keepalive") return undefined;
  const silentMs = tcp?.lastAckRecvMs ?? 0;
  return {
    symptom: "connections-leaking",
    cause: "half-open",
    severity: "warning",
    crowd: thresholds.leakedConnections,
    confidence: 0.9,
    weight: silentMs,
    headline: "stayed open although the peer is gone",
    detail: () => `${count(probes, "keep-alive probe")} unanswered, silent for ${duration(silentMs)}`,
    evidence: () =>
      evidenceOf([
        ["unanswered probes", probes, "count", "tcpi_probes"],
        ["peer last heard", silentMs, "ms", "tcpi_last_ack_recv"],
        ["next probe in", timer?.expiresMs, "ms", "idiag_expires"],
      ]),
    ruledOut: [{ cause: "close-wait", because: "no FIN came" }],
    remedy: [
      "The kernel closes it when the probes are used up (net.ipv4.tcp_keepalive_probes). Notice earlier with setKeepAlive(true, 30000), or a ping of your own.",
    ],
  };
};

export const connectionsLeaking: SocketRule = (view) => closeWait(view) ?? halfOpen(view);
