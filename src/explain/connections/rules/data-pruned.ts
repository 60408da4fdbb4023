// data-pruned: the kernel threw received data away (net/ipv4/tcp_input.c tcp_prune_queue). A socket's own drops count
// probes and repeats as well, and the counters are the network namespace's: both must move.
import { add } from "../../delta.js";
import { bytes, count, percent } from "../../format.js";
import { collapsedSndbufBytes } from "../../network/memory-short.js";
import { evidenceOf, type SocketRule, type SocketView } from "../rule.js";

/**
 * Part of the receive buffer in use from which segments are thrown away. A window that was shut in time keeps it below
 * (measured: 0.95 to 0.99), and such a socket counts drops too: probes.
 */
const overfullShare = 1;
/**
 * What no window was shut in time for is thrown away by the hundred, between two looks at a buffer that is full again
 * (measured: 2347 segments, 0.92 in use at the look). Probes of a shut window come at most five times a second.
 */
const floodSegments = 50;
const fullShare = 0.9;

const percentOf = (share: number | undefined): string | undefined => (share === undefined ? undefined : percent(share));

/**
 * Dropped in the window. A socket whose queue was empty at every look is shown only when it is not: what it had dropped
 * by then is counted too, if its buffer is overfull.
 */
const dropsOf = ({ watch, window, stretch, reading }: SocketView): number | undefined =>
  stretch.fromAt === watch.firstAt && isOverfull(stretch) ? reading.mem?.drops : window.drops;

const isOverfull = ({ mostFilled = 0 }: SocketView["stretch"]): boolean => mostFilled >= overfullShare;

const isFull = (stretch: SocketView["stretch"], drops: number): boolean =>
  isOverfull(stretch) || (drops >= floodSegments && (stretch.mostFilled ?? 0) >= fullShare);

export const dataPruned: SocketRule = (view) => {
  const { reading, moved, window, stretch } = view;
  const drops = dropsOf(view);
  const pruned = add(moved.RcvPruned, moved.TCPRcvQDrop);
  if (reading.transport !== "tcp" || !drops || !pruned) return undefined;
  const { rmemAlloc, rcvbuf, sndbuf } = reading.mem ?? {};
  const { memory } = view;
  const pressed =
    memory?.isShort === true ||
    (moved.TCPMemoryPressures ?? 0) > 0 ||
    (sndbuf !== undefined && sndbuf <= collapsedSndbufBytes);
  const cause = pressed ? "memory-pressure" : isFull(stretch, drops) ? "receive-buffer-full" : "unknown";
  const because = {
    "memory-pressure": memory?.isShort ? `memory is short, ${memory.told}` : "memory is short",
    "receive-buffer-full": "the receive buffer is full",
    unknown: "",
  };
  return {
    symptom: "data-pruned",
    cause,
    // Not known why: then it may be another socket of the namespace that lost data, and this one probes.
    severity: cause === "unknown" ? "info" : "warning",
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
        ["memory", memory?.told, undefined, "sockstat, tcp_mem, cgroup; last look below the sockets"],
        ["receive buffer used", rmemAlloc, "bytes", "SO_MEMINFO rmem_alloc"],
        ["part of it used, at most", percentOf(stretch.mostFilled), undefined, "SO_MEMINFO"],
        ["receive buffer", rcvbuf, "bytes", "SO_MEMINFO rcvbuf"],
        ["send buffer", sndbuf, "bytes", "SO_MEMINFO sndbuf"],
        ["received, not read", reading.recvQBytes, "bytes", "SIOCINQ"],
        ["out-of-order packets", window.outOfOrderPackets, "packets", "tcpi_rcv_ooopack"],
      ]),
    ruledOut: pressed
      ? []
      : [
          {
            cause: "memory-pressure",
            because: `TCPMemoryPressures did not move, the send buffer is whole${memory ? `; ${memory.told}` : ""}`,
          },
        ],
    remedy: pressed
      ? [
          "Raise the limit: net.ipv4.tcp_mem of the host, or the cgroup's memory limit; fewer sockets that hold unread data.",
        ]
      : ["Read sooner, and leave the receive buffer to the kernel: do not shrink SO_RCVBUF on a connection in use."],
  };
};
