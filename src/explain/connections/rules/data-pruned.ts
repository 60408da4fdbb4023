// data-pruned: the kernel threw received data away (net/ipv4/tcp_input.c tcp_prune_queue). A socket's own drops count
// probes and repeats as well, and the counters are the network namespace's: both must move.
import { add } from "../../delta.js";
import { bytes, count } from "../../format.js";
import { evidenceOf, type SocketRule } from "../rule.js";

/** SOCK_MIN_SNDBUF: what the send buffer falls to when a memory limit presses. */
const collapsedSndbufBytes = 4608;
/** Part of the receive buffer in use from which it is full: skbs come in steps. */
const fullShare = 0.75;

export const dataPruned: SocketRule = ({ reading, moved, window, thresholds }) => {
  const { drops } = window;
  const pruned = add(moved.RcvPruned, moved.TCPRcvQDrop);
  if (reading.transport !== "tcp" || !drops || !pruned) return undefined;
  const { rmemAlloc, rcvbuf, sndbuf } = reading.mem ?? {};
  const pressed = (moved.TCPMemoryPressures ?? 0) > 0 || (sndbuf !== undefined && sndbuf <= collapsedSndbufBytes);
  const isFull = rmemAlloc !== undefined && rcvbuf !== undefined && rmemAlloc >= fullShare * rcvbuf;
  const cause = pressed ? "memory-pressure" : isFull ? "receive-buffer-full" : "unknown";
  const because = {
    "memory-pressure": "memory is short",
    "receive-buffer-full": "the receive buffer is full",
    unknown: "",
  };
  return {
    symptom: "data-pruned",
    cause,
    severity: pressed || drops >= thresholds.prunedSegments ? "warning" : "info",
    confidence: cause === "unknown" ? 0.5 : 0.85,
    weight: drops,
    headline: `lost data that had arrived${cause === "unknown" ? "" : `: ${because[cause]}`}`,
    detail: () => `${count(drops, "segment")} dropped, ${bytes(rmemAlloc ?? 0)} of ${bytes(rcvbuf ?? 0)} in use`,
    evidence: () =>
      evidenceOf([
        ["dropped at the socket", drops, "segments", "SO_MEMINFO drops"],
        ["RcvPruned", moved.RcvPruned, "segments", "netstat, netns-wide"],
        ["TCPRcvQDrop", moved.TCPRcvQDrop, "segments", "netstat, netns-wide"],
        ["TCPMemoryPressures", moved.TCPMemoryPressures || undefined, "count", "netstat, host-wide"],
        ["receive buffer used", rmemAlloc, "bytes", "SO_MEMINFO rmem_alloc"],
        ["receive buffer", rcvbuf, "bytes", "SO_MEMINFO rcvbuf"],
        ["send buffer", sndbuf, "bytes", "SO_MEMINFO sndbuf"],
        ["received, not read", reading.recvQBytes, "bytes", "SIOCINQ"],
        ["out-of-order packets", window.outOfOrderPackets, "packets", "tcpi_rcv_ooopack"],
      ]),
    ruledOut: pressed
      ? []
      : [{ cause: "memory-pressure", because: "TCPMemoryPressures did not move, the send buffer is whole" }],
    remedy: pressed
      ? [
          "Raise the limit: net.ipv4.tcp_mem of the host, or the cgroup's memory limit; fewer sockets that hold unread data.",
        ]
      : ["Read sooner, and leave the receive buffer to the kernel: do not shrink SO_RCVBUF on a connection in use."],
  };
};
