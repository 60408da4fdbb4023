// send-buffer: everything that was written is in flight, the send buffer is full, window and path would carry more. The
// kernel's own clock of it (sndbuf_limited) hardly moves for writers that do not block (measured: 1 %).
import { bytes, bytesPerSecond, percent } from "../../format.js";
import { cwndBytesOf, inFlightBytesOf, minRttMsOf, notSentOf, rttMsOf } from "../figures.js";
import { limitedBy, mostly, speed, windowRate } from "../limit.js";
import type { SocketView, Verdict } from "../rule.js";

/** Whether the writer was refused: Node holds bytes, or the kernel counted a wait. Unknown: it was not asked. */
const wasRefused = ({ reading: { node }, window }: SocketView): boolean | undefined => {
  if ((node?.writableLength ?? 0) > 0 || node?.writableNeedDrain === true) return true;
  if ((window.sndbufLimitedMs ?? 0) > 0.5 * (window.busyMs ?? Infinity)) return true;
  return node?.writableLength === 0 ? false : undefined;
};

export const sendBuffer = (view: SocketView): Verdict | undefined => {
  const { reading, stretch, thresholds } = view;
  const { tcp, mem } = reading;
  const flying = inFlightBytesOf(reading);
  const rttMs = rttMsOf(reading);
  const cwndBytes = cwndBytesOf(reading);
  const refused = wasRefused(view);
  if (!rttMs || cwndBytes === undefined || !flying || mem?.sndbuf === undefined) return undefined;
  const room = Math.min(cwndBytes, tcp?.sndWndBytes ?? cwndBytes);
  const isFar = (minRttMsOf(reading) ?? rttMs) >= thresholds.pathRttMs;
  if (refused === false || !isFar || !mostly(stretch.bufferFull, stretch.looks)) return undefined;
  if ((notSentOf(reading) ?? 0) > 2 * (tcp?.sndMssBytes ?? 0) || 2 * flying > room) return undefined;
  return limitedBy(view, {
    cause: "send-buffer",
    severity: "warning",
    confidence: refused ? 0.95 : 0.75,
    because: "the send buffer is too small for the round trip",
    detail: `${speed(view)} through a send buffer of ${bytes(mem.sndbuf)} in ${Math.round(rttMs)} ms; window and path allow ${bytesPerSecond(windowRate(room, rttMs))}`,
    rows: [
      ["send buffer", mem.sndbuf, "bytes", "SO_MEMINFO sndbuf"],
      ["of it used", mem.wmemQueued, "bytes", "SO_MEMINFO wmem_queued"],
      ["looks at which it was two thirds full", `${stretch.bufferFull} of ${stretch.looks}`, undefined, "SO_MEMINFO"],
      ["held in Node", reading.node?.writableLength, "bytes", "socket.writableLength"],
      ["rate of what is in flight", windowRate(flying, rttMs), "bytes/s", "estimate: in flight / tcpi_rtt"],
      [
        "rate that window and path allow",
        windowRate(room, rttMs),
        "bytes/s",
        "estimate: min(snd_cwnd · mss, snd_wnd) / rtt",
      ],
    ],
    ruledOut: [
      { cause: "congestion-window", because: `${percent(flying / cwndBytes)} of it is used` },
      { cause: "receive-window", because: `the peer offers ${bytes(tcp?.sndWndBytes ?? 0)}` },
    ],
    remedy: [
      `Leave the send buffer to the kernel (no SO_SNDBUF), or set it to ${bytes(2 * room)} or more; the maximum in net.ipv4.tcp_wmem likewise.`,
    ],
  });
};
