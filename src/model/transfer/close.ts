// The connection's end: an error from the peer or from a timer (net/ipv4/tcp_input.c: tcp_reset; tcp_timer.c: tcp_write_err).
import { clearDelayedAck } from "./ack-policy.js";
import { clearTimer } from "./retransmit-timer.js";
import type { Tcp } from "./tcp.js";

/** Nothing more is sent or taken; the next call hears why. */
export function close(tcp: Tcp, error: Tcp["error"]): void {
  if (tcp.isClosed) return;
  tcp.isClosed = true;
  tcp.closedAt = tcp.world.engine.now();
  tcp.unhash();
  tcp.error = error;
  tcp.isWriteShut = true;
  clearTimer(tcp);
  clearDelayedAck(tcp);
  for (const skb of [...tcp.rtxQueue, ...tcp.writeQueue]) {
    skb.isHeld = false;
    tcp.wmemQueued -= skb.truesize;
  }
  tcp.rtxQueue = [];
  tcp.writeQueue = [];
  tcp.packetsOut = 0;
  tcp.sackedOut = 0;
  tcp.lostOut = 0;
  tcp.retransOut = 0;
  tcp.writeSeq = tcp.sndNxt;
  tcp.sndUna = tcp.sndNxt;
  tcp.world.note(tcp.side, error === undefined ? "closed" : error === "ECONNRESET" ? "reset" : "timed-out");
  tcp.waitQueue.wake(0);
}
