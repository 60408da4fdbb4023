// How an automatic receive buffer grows: by what the application took in a round trip (net/ipv4/tcp_input.c:
// tcp_rcv_rtt_update, tcp_rcvbuf_grow, tcp_rcv_space_adjust).
import { nanosPerMs } from "../engine.js";
import { spaceFromWindow, windowFromSpace } from "./receive-window.js";
import type { Tcp } from "./tcp.js";

/** µs, scaled by 8 as srtt is. */
function updateRtt(tcp: Tcp, micros: number, fromWindow: boolean): void {
  const old = tcp.rcvRtt;
  const sample = micros * 8;
  if (old === 0 || sample < old) {
    tcp.rcvRtt = sample;
    return;
  }
  if (fromWindow || tcp.rcvNxt !== tcp.copiedSeq) return;
  tcp.rcvRtt = old - (old >> 3) + micros;
}

/** A window's worth has arrived since the last time (tcp_rcv_rtt_measure). */
export function measureByWindow(tcp: Tcp, now: number): void {
  if (tcp.rcvRttAt !== undefined) {
    if (tcp.rcvNxt < tcp.rcvRttSeq) return;
    updateRtt(tcp, Math.max(1, Math.round((now - tcp.rcvRttAt + tcp.world.leastRtt) / 1000)), true);
  }
  tcp.rcvRttSeq = tcp.rcvNxt + tcp.rcvWnd;
  tcp.rcvRttAt = now;
}

/** By the timestamp that the peer echoes, in ms (tcp_rcv_rtt_measure_ts). */
export function measureByEcho(tcp: Tcp, now: number, echo: number | undefined, bytes: number): void {
  if (echo === undefined) return;
  const echoMs = Math.floor(echo / nanosPerMs);
  if (echoMs === tcp.lastEcho) return;
  tcp.lastEcho = echoMs;
  if (bytes < tcp.rcvMss) return;
  const delta = Math.floor(now / nanosPerMs) - echoMs;
  if (delta > 0) updateRtt(tcp, delta * 1000, false);
}

/** tcp_rcvbuf_grow. */
export function growBuffer(tcp: Tcp, space: number): void {
  const old = tcp.spaceBytes;
  tcp.spaceBytes = space;
  if (tcp.isRcvbufLocked) return;
  let window = 2 * space;
  window += Math.floor((window * 2 * (space - old)) / Math.max(1, old));
  const ahead = tcp.outOfOrder.at(-1);
  if (ahead) window += ahead.end - tcp.rcvNxt;
  const rcvbuf = Math.min(spaceFromWindow(window, tcp.scalingRatio), tcp.world.rmemMax);
  if (rcvbuf <= tcp.rcvbuf) return;
  tcp.rcvbuf = rcvbuf;
  tcp.windowClamp = windowFromSpace(rcvbuf, tcp.scalingRatio);
}

/** The application has read something (tcp_rcv_space_adjust). */
export function adjustSpace(tcp: Tcp, now: number): void {
  if (tcp.rcvRtt === 0) return;
  if (now - tcp.spaceAt < (tcp.rcvRtt >> 3) * 1000) return;
  const queued = tcp.rcvNxt - tcp.copiedSeq;
  const copied = tcp.copiedSeq - tcp.spaceSeq - queued;
  if (copied > tcp.spaceBytes) growBuffer(tcp, copied);
  tcp.spaceSeq = tcp.copiedSeq;
  tcp.spaceAt = now;
}
