// receive-window: the peer's window, not the path, sets the pace. Constant and full of what is in flight: its receive
// buffer is too small for the round trip. Moving: its application reads slowly, and that is its own affair.
import { bytes, bytesPerSecond, percent } from "../../format.js";
import { cwndBytesOf, inFlightBytesOf, minRttMsOf, rttMsOf } from "../figures.js";
import { limitedBy, rateOf, smallBufferBytes, speed, windowLimitedShare, windowRate } from "../limit.js";
import type { SocketView, Verdict } from "../rule.js";

/** Windows of a fixed buffer differ by less: scaling and truesize. */
const steadyFactor = 1.25;
/** Part of the largest window seen that a window must have to be the whole buffer. */
const wholeShare = 0.8;
/** A window that is used all the time carries this part of its size in each round trip, or more. */
const usedShare = 0.6;
/** Part of the busy time held by a small, steady, used window: bbr paces itself to it and seldom meets its edge
 * (measured: 0.45 to 0.58, where cubic and reno have 1.0). */
const pacedShare = 0.25;

export const peerWindow = (view: SocketView): Verdict | undefined => {
  const { reading, stretch, window, thresholds, watch } = view;
  const share = windowLimitedShare(view);
  const rttMs = rttMsOf(reading);
  const size = stretch.mostPeerWindow;
  const allowed = cwndBytesOf(reading);
  const flying = inFlightBytesOf(reading);
  if (share === undefined || size === undefined || !rttMs || allowed === undefined || flying === undefined)
    return undefined;
  const isFar = (minRttMsOf(reading) ?? rttMs) >= thresholds.pathRttMs;
  if (!isFar || 2 * flying > allowed) return undefined;
  const rate = rateOf(window.ackedBytes, window.ms) ?? 0;
  // A window that was larger before is full of what the peer has not read.
  const isWhole = size >= wholeShare * (watch.peerWindowSeen ?? size);
  const isSteady = isWhole && size <= steadyFactor * (stretch.leastPeerWindow ?? 0);
  const isBuffer = isSteady && rate >= usedShare * windowRate(size, rttMs);
  if (share < (isBuffer ? pacedShare : thresholds.windowLimitedShare)) return undefined;
  const path = windowRate(allowed, rttMs);
  return limitedBy(view, {
    cause: "receive-window",
    severity: isBuffer && size <= smallBufferBytes ? "warning" : "info",
    confidence: isBuffer ? 0.93 : 0.8,
    because: isBuffer ? "the peer's receive window is too small for the round trip" : "the peer reads slowly",
    detail: () =>
      isBuffer
        ? `${speed(view)} through a window of ${bytes(size)} in ${Math.round(rttMs)} ms; the path allows ${bytesPerSecond(path)} and more`
        : `${speed(view)}, held by the peer's window ${percent(share)} of the time`,
    rows: [
      ["held by the peer's window", percent(share), undefined, "tcpi_rwnd_limited / tcpi_busy_time"],
      ["rate of that window", windowRate(size, rttMs), "bytes/s", "estimate: tcpi_snd_wnd / tcpi_rtt"],
      ["rate the congestion window allows", path, "bytes/s", "estimate: snd_cwnd · mss / rtt"],
      ["window at least", stretch.leastPeerWindow, "bytes", "tcpi_snd_wnd"],
    ],
    ruledOut: [
      { cause: "congestion-window", because: `it allows ${bytes(allowed)}, ${bytes(flying)} are in flight` },
      { cause: "send-buffer", because: "bytes wait behind those in flight" },
    ],
    remedy: isBuffer
      ? [
          `At the peer: let the kernel choose the receive buffer (no SO_RCVBUF), or set it to ${bytes(4 * allowed)} or more (bandwidth × round trip, twice, doubled for overhead); tcp_rmem's maximum likewise.`,
        ]
      : ["At the peer: its application reads slower than this side sends. Nothing to change here."],
  });
};
