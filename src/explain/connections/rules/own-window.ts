// receive-buffer: what we offer to a sender is used up in each round trip although the application reads at once: our
// receive buffer is too small for the path.
import { bytes, bytesPerSecond } from "../../format.js";
import { minRttMsOf } from "../figures.js";
import { limitedBy, rateOf, smallBufferBytes, windowRate } from "../limit.js";
import type { SocketView, Verdict } from "../rule.js";

/** Part of the offered window that arrives in each least round trip (measured: 1.0). */
const usedShare = 0.7;
/** A window that does not grow under load: autotuning would have raised it. */
const steadyFactor = 1.1;

/** A buffer that stays as it is, too: a connection's first window is small and opens up to what the buffer allows
 * (net/ipv4/tcp_input.c tcp_grow_window), autotuning enlarges the buffer (tcp_rcv_space_adjust). */
const isSteady = ({ stretch, reading }: SocketView): boolean => {
  const { from, leastOwnWindow = 0, mostOwnWindow = 0 } = stretch;
  const rcvbuf = from.mem?.rcvbuf;
  return mostOwnWindow <= steadyFactor * leastOwnWindow || (rcvbuf !== undefined && rcvbuf === reading.mem?.rcvbuf);
};

export const ownWindow = (view: SocketView): Verdict | undefined => {
  const { reading, window, stretch, thresholds } = view;
  const rttMs = minRttMsOf(reading);
  const size = stretch.mostOwnWindow;
  const rate = rateOf(window.receivedBytes, window.ms);
  if (!rate || !rttMs || !size || rttMs < thresholds.pathRttMs) return undefined;
  // A look may fall between what has just arrived and its reader.
  const isRead = stretch.mostRecvQ !== undefined && 2 * stretch.unread <= stretch.looks;
  if (!isSteady(view) || !isRead || rate < usedShare * windowRate(size, rttMs)) return undefined;
  const rcvbuf = reading.mem?.rcvbuf;
  return limitedBy(view, {
    cause: "receive-buffer",
    severity: (rcvbuf ?? size) <= smallBufferBytes ? "warning" : "info",
    confidence: 0.85,
    because: "our receive buffer is too small for the round trip",
    detail: () => `${bytesPerSecond(rate)} arrive through a window of ${bytes(size)} in ${Math.round(rttMs)} ms`,
    rows: [
      ["received", rate, "bytes/s", "tcpi_bytes_received"],
      ["window we offer", size, "bytes", "tcpi_rcv_wnd"],
      ["rate of that window", windowRate(size, rttMs), "bytes/s", "estimate: tcpi_rcv_wnd / tcpi_min_rtt"],
      ["receive buffer", rcvbuf, "bytes", "SO_MEMINFO rcvbuf"],
      ["received, not read, at most", stretch.mostRecvQ, "bytes", "SIOCINQ"],
    ],
    ruledOut: [
      {
        cause: "application-not-reading",
        because: `at ${stretch.looks - stretch.unread} of ${stretch.looks} looks hardly anything was left to read`,
      },
    ],
    remedy: [
      `Leave the receive buffer to the kernel (no SO_RCVBUF), or set it to ${bytes(8 * size)} and measure again; the maximum in net.ipv4.tcp_rmem likewise.`,
    ],
  });
};
