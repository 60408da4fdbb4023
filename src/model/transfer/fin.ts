// The end of what this side sends (net/ipv4/tcp_output.c: tcp_send_fin): on the last unsent skb, or on one of its own.
import { pushPending } from "./output.js";
import { newSendSkb } from "./send-skb.js";
import { skbOverhead } from "./skb-size.js";
import type { Tcp } from "./tcp.js";

export function sendFin(tcp: Tcp): void {
  if (tcp.isWriteShut) return;
  tcp.isWriteShut = true;
  let skb = tcp.writeQueue.at(-1);
  if (!skb) {
    skb = newSendSkb(tcp.writeSeq);
    tcp.writeQueue.push(skb);
    tcp.wmemQueued += skbOverhead;
  }
  skb.fin = true;
  skb.end += 1;
  tcp.writeSeq += 1;
  tcp.world.note(tcp.side, "fin-sent");
  pushPending(tcp, "off");
}
