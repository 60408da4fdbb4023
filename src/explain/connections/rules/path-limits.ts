// What the path itself sets: a link that is slower than the sender (bytes queue on it), segments that are lost, or the
// congestion window that has yet to grow.
import type { Cause } from "../../finding.js";
import { bytes, duration, percent } from "../../format.js";
import { inFlightBytesOf, minRttMsOf, rttMsOf } from "../figures.js";
import { limitedBy, mostly, speed, windowLimitedShare } from "../limit.js";
import type { SocketView, Verdict } from "../rule.js";
import { steadyRttOf } from "../socket-watch.js";

/** Segments in flight that Reno keeps up at this loss (Mathis et al. 1997): 1.22 / √p. */
export const windowAtLoss = (share: number): number => 1.22 / Math.sqrt(share);
/** Losses come in bursts and cubic does better than Reno: up to this many times that window is explained by them. */
const lossSpread = 6;
/** Fewer lost segments in a window of one or two seconds are chance … */
const leastLost = 5;
/** … and where it has begun, so is less than usual: of 1.5 % of 250 segments a second, four lost, these are missed in one
 * second out of nine. */
const goesOn = { lost: 2, share: 0.5 };

const isHeldByPeer = (view: SocketView): boolean =>
  (windowLimitedShare(view) ?? 0) >= view.thresholds.windowLimitedShare;

const isFull = ({ stretch }: SocketView): boolean => mostly(stretch.windowFull, stretch.looks);

/** Lost for good: retransmitted, less what the peer got twice. */
const lostOf = ({ window }: SocketView): number | undefined =>
  window.retransSegments === undefined ? undefined : Math.max(0, window.retransSegments - (window.dsackDups ?? 0));

interface Queueing {
  readonly rttMs: number;
  readonly ms: number;
  readonly factor: number;
}

const queueingOf = ({ reading, watch }: SocketView): Queueing | undefined => {
  const steady = steadyRttOf(watch);
  const minMs = minRttMsOf(reading);
  if (steady === undefined || minMs === undefined) return undefined;
  const rttMs = steady / 1000;
  return { rttMs, ms: rttMs - minMs, factor: rttMs / minMs };
};

/** Where segments get lost too, this much queueing says that the queue before the link lost them: many connections, or
 * a short queue (measured: 2.3 with twenty connections; where the path itself loses, 1.0 to 1.2). */
const lossyQueueingFactor = 2;

const isQueueing = (view: SocketView): boolean => {
  const queueing = queueingOf(view);
  const { queueingMs, queueingFactor } = view.thresholds;
  const factor = lostOf(view) ? Math.min(lossyQueueingFactor, queueingFactor) : queueingFactor;
  return queueing !== undefined && queueing.ms >= queueingMs && queueing.factor >= factor;
};

/** Most of what is in flight has not left this host: its own queue holds it, and TCP gives that little at a time
 * (net/ipv4/tcp_output.c tcp_small_queue_check), so that the congestion window is not used up. */
const isInOwnQueue = ({ reading }: SocketView): boolean =>
  (reading.mem?.wmemAlloc ?? 0) >= Math.max(1, (inFlightBytesOf(reading) ?? Infinity) / 2);

export const shapedLink = (view: SocketView): Verdict | undefined => {
  const { reading, thresholds, window } = view;
  const isLocal = isInOwnQueue(view);
  if ((!isFull(view) && !isLocal) || isHeldByPeer(view) || !isQueueing(view)) return undefined;
  const queueing = queueingOf(view)!;
  const hurts = queueing.ms >= thresholds.queueingWarnMs;
  return limitedBy(view, {
    cause: "shaped-link",
    severity: hurts ? "warning" : "info",
    confidence: 0.9,
    because: "a link on the path is slower, and bytes queue before it",
    detail: () =>
      `${speed(view)}, round trip ${duration(queueing.rttMs)} where ${duration(minRttMsOf(reading)!)} is possible`,
    rows: [
      ["delay by queueing", queueing.ms, "ms", "tcpi_rtt less tcpi_min_rtt"],
      ["in the host's own queue", isLocal ? reading.mem?.wmemAlloc : undefined, "bytes", "SO_MEMINFO wmem_alloc"],
      ["retransmitted", window.retransSegments, "segments", "tcpi_total_retrans"],
    ],
    ruledOut: [
      { cause: "receive-window", because: `the peer offers ${bytes(reading.tcp?.sndWndBytes ?? 0)}` },
      ...(window.retransSegments
        ? ([{ cause: "packet-loss", because: "the queue's own losses: the round trip grew first" }] as const)
        : []),
    ],
    remedy: [
      "The rate is the link's: more of it, or less to send (compression, caching).",
      ...(hurts
        ? ["Everything else on that link waits as long: fair queueing (fq_codel, cake) before it, or bbr here."]
        : []),
    ],
  });
};

export const packetLoss = (view: SocketView): Verdict | undefined => {
  const { reading, window, thresholds, heldMs } = view;
  const lost = lostOf(view);
  const sent = window.sentSegments;
  const cwnd = reading.tcp?.cwnd;
  const hasBegun = heldMs("throughput-limited", "packet-loss") > 0;
  const least = hasBegun ? goesOn.lost : leastLost;
  if (!lost || !sent || cwnd === undefined || lost < least || isHeldByPeer(view)) return undefined;
  const share = lost / sent;
  const leastShare = (hasBegun ? goesOn.share : 1) * thresholds.lossShare;
  const isReordering = 2 * (window.reorderings ?? 0) >= (window.retransSegments ?? 0);
  if (share < leastShare || isReordering || cwnd > lossSpread * windowAtLoss(share)) return undefined;
  return limitedBy(view, {
    cause: "packet-loss",
    severity: share >= 2 * thresholds.lossShare ? "warning" : "info",
    confidence: reading.tcp?.dsackDups === undefined ? 0.75 : 0.9,
    because: "segments get lost on the path",
    detail: () => `${speed(view)}, ${(share * 100).toFixed(1)} % of the segments lost, congestion window ${cwnd}`,
    rows: [
      ["lost for good", lost, "segments", "tcpi_total_retrans less tcpi_dsack_dups"],
      ["sent", sent, "segments", "tcpi_data_segs_out"],
      ["loss", (100 * lost) / sent, "%", "of this window"],
      ["window that this loss allows", windowAtLoss(share), "segments", "estimate: 1.22 / √loss (Mathis)"],
      ["got twice by the peer", window.dsackDups, "segments", "tcpi_dsack_dups"],
      ["reorderings", window.reorderings, "count", "tcpi_reord_seen"],
    ],
    ruledOut: [
      {
        cause: "shaped-link",
        because: `the round trip is ${duration(rttMsOf(reading) ?? 0)}, hardly more than the least`,
      },
      { cause: "receive-window", because: `the peer offers ${bytes(reading.tcp?.sndWndBytes ?? 0)}` },
    ],
    remedy: [
      "Find where: ethtool -S at both ends, switch counters, Wi-Fi, a policer that drops instead of queueing.",
      "bbr does not take single losses for congestion: net.ipv4.tcp_congestion_control=bbr carried 461 Mb/s where cubic had a window of 9 segments at 2 % loss.",
    ],
  });
};

export const congestionWindow = (view: SocketView): Verdict | undefined => {
  const { reading, window, thresholds } = view;
  const rttMs = rttMsOf(reading);
  if (!rttMs || !isFull(view) || isHeldByPeer(view) || isQueueing(view)) return undefined;
  if ((minRttMsOf(reading) ?? rttMs) < thresholds.pathRttMs) return undefined;
  const others: readonly (readonly [Cause, string])[] = [
    ["shaped-link", "the round trip has hardly grown: nothing queues"],
    ["packet-loss", `${percent((lostOf(view) ?? 0) / Math.max(1, window.sentSegments ?? 1))} was lost for good`],
    ["receive-window", `the peer offers ${bytes(reading.tcp?.sndWndBytes ?? 0)}`],
  ];
  return limitedBy(view, {
    cause: "congestion-window",
    severity: "info",
    confidence: 0.75,
    because: "the congestion window is used up in each round trip",
    detail: () =>
      `${speed(view)}: ${reading.tcp?.cwnd} segments in ${Math.round(rttMs)} ms; that is the path's speed, or the window has yet to grow`,
    rows: [
      ["slow-start threshold", reading.tcp?.ssthresh, "segments", "tcpi_snd_ssthresh"],
      ["reorderings", window.reorderings || undefined, "count", "tcpi_reord_seen"],
    ],
    ruledOut: others.map(([cause, because]) => ({ cause, because })),
    remedy: [
      "Keep connections open: each new one begins with ten segments. After a pause net.ipv4.tcp_slow_start_after_idle=0 keeps the window.",
    ],
  });
};
