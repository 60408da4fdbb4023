// send-buffer: everything that was written is in flight, the send buffer is full, window and path would carry more. The
// kernel's own clock of it (sndbuf_limited) hardly moves for writers that do not block (measured: 1 %).
import { bytes, bytesPerSecond, percent } from "../../format.js";
import { cwndBytesOf, minRttMsOf, notSentOf, rttMsOf } from "../figures.js";
import { limitedBy, mostly, smallBufferBytes, speed, windowRate } from "../limit.js";
import type { SocketView, Verdict } from "../rule.js";

/** The kernel counted the wait itself. It does where bbr paces, which spreads what is written over the round trip, so that
 * some of it is unsent at every look (measured: 0.62 to 0.65). */
export const isCountedAsFull = ({ window }: SocketView): boolean =>
  (window.sndbufLimitedMs ?? 0) > 0.5 * (window.busyMs ?? Infinity);

/** Whether the writer was refused: Node holds bytes, or the kernel counted a wait. Unknown: it was not asked. */
const wasRefused = (view: SocketView): boolean | undefined => {
  const { node } = view.reading;
  if ((node?.writableLength ?? 0) > 0 || node?.writableNeedDrain === true) return true;
  if (isCountedAsFull(view)) return true;
  return node?.writableLength === 0 ? false : undefined;
};

/** The kernel sizes a buffer that nobody set for twice the congestion window; one below it was set, or meets a limit. */
const isSmall = (sndbuf: number, cwndBytes: number): boolean => sndbuf < cwndBytes;

/** Round-trip time against the least, above which the path is full: a larger buffer would only queue there. */
const fullPathFactor = 1.5;

/** Whether a whole buffer goes out in each round trip, or the better part of it while it is found full. */
const isUsed = ({ stretch, reading }: SocketView, carried: number, sndbuf: number): boolean => {
  if (carried >= 0.8 * sndbuf) return true;
  const isPathFull = (rttMsOf(reading) ?? 0) > fullPathFactor * (minRttMsOf(reading) ?? Infinity);
  return carried >= 0.5 * sndbuf && !isPathFull && mostly(stretch.bufferFull, stretch.looks);
};

export const sendBuffer = (view: SocketView): Verdict | undefined => {
  const { reading, stretch, window, thresholds } = view;
  const { tcp, mem } = reading;
  const rttMs = minRttMsOf(reading) ?? rttMsOf(reading);
  const cwndBytes = cwndBytesOf(reading);
  const refused = wasRefused(view);
  const { sndbuf } = mem ?? {};
  if (!rttMs || rttMs < thresholds.pathRttMs || cwndBytes === undefined || sndbuf === undefined) return undefined;
  const room = Math.min(cwndBytes, tcp?.sndWndBytes ?? cwndBytes);
  /** Bytes that go out in a round trip. */
  const carried = ((window.ackedBytes ?? 0) / window.ms) * rttMs;
  if (refused === false || !isSmall(sndbuf, cwndBytes) || !isUsed(view, carried, sndbuf)) return undefined;
  const allSent = (notSentOf(reading) ?? 0) <= 2 * (tcp?.sndMssBytes ?? 0) || isCountedAsFull(view);
  if (!allSent || 2 * carried > room) return undefined;
  return limitedBy(view, {
    cause: "send-buffer",
    severity: sndbuf <= smallBufferBytes ? "warning" : "info",
    confidence: refused ? 0.95 : 0.75,
    because: "the send buffer is too small for the round trip",
    detail: () =>
      `${speed(view)} through a send buffer of ${bytes(sndbuf)} in ${Math.round(rttMs)} ms; window and path allow ${bytesPerSecond(windowRate(room, rttMs))}`,
    rows: [
      ["send buffer", sndbuf, "bytes", "SO_MEMINFO sndbuf"],
      ["of it used", mem?.wmemQueued, "bytes", "SO_MEMINFO wmem_queued"],
      ["looks at which it was two thirds full", `${stretch.bufferFull} of ${stretch.looks}`, undefined, "SO_MEMINFO"],
      ["held in Node", reading.node?.writableLength, "bytes", "socket.writableLength"],
      ["carried in each round trip", carried, "bytes", "tcpi_bytes_acked · tcpi_min_rtt"],
      [
        "rate that window and path allow",
        windowRate(room, rttMs),
        "bytes/s",
        "estimate: min(snd_cwnd · mss, snd_wnd) / rtt",
      ],
    ],
    ruledOut: [
      { cause: "congestion-window", because: `${percent(carried / cwndBytes)} of it is used` },
      { cause: "receive-window", because: `the peer offers ${bytes(tcp?.sndWndBytes ?? 0)}` },
    ],
    remedy: [
      `Leave the send buffer to the kernel (no SO_SNDBUF), or set it to ${bytes(2 * room)} or more; the maximum in net.ipv4.tcp_wmem likewise.`,
    ],
  });
};
