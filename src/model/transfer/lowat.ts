// SO_RCVLOWAT (net/ipv4/tcp.c: tcp_set_rcvlowat): at most half of the buffer, or of what it may grow to, which it then does.
import { setWindowClamp, spaceFromWindow } from "./receive-window.js";
import type { Tcp } from "./tcp.js";

export function setLowat(tcp: Tcp, bytes: number): void {
  const most = (tcp.isRcvbufLocked ? tcp.rcvbuf : tcp.world.rmemMax) >> 1;
  tcp.rcvLowat = Math.max(1, Math.min(bytes, most));
  const space = spaceFromWindow(tcp.rcvLowat, tcp.scalingRatio);
  if (tcp.isRcvbufLocked || space <= tcp.rcvbuf) return;
  tcp.rcvbuf = space;
  setWindowClamp(tcp, Math.max(tcp.windowClamp, tcp.rcvLowat));
}
