// What an acknowledgement does to the sender (net/ipv4/tcp_input.c: tcp_ack, tcp_ack_update_window, tcp_clean_rtx_queue).
import { applySack, judgeLosses, noteDelivered, resendLost } from "./recovery.js";
import { checkProbe, resetTimer } from "./retransmit-timer.js";
import { measureRtt } from "./rtt.js";
import type { Segment } from "./segment.js";
import { boundToHalfWindow } from "./write-room.js";
import { trimHead } from "./send-skb.js";
import { isInFlight, type SendSkb, type Tcp } from "./tcp.js";
import { restartIfIdle } from "./transmit.js";

/** The peer's news about its window, unless a later segment told already (tcp_may_update_window). */
function updateWindow(tcp: Tcp, { seq, ack, window }: Segment): void {
  const isNews = ack > tcp.sndUna || seq > tcp.sndWl1 || (seq === tcp.sndWl1 && (window > tcp.sndWnd || window === 0));
  if (!isNews) return;
  tcp.sndWl1 = seq;
  if (tcp.sndWnd === window) return;
  tcp.sndWnd = window;
  if (tcp.writeQueue.length > 0) restartIfIdle(tcp);
  if (window <= tcp.maxWindow) return;
  tcp.maxWindow = window;
  tcp.mssCache = boundToHalfWindow(window, tcp.mssClamp - (tcp.headerLength - 20), tcp.headerLength);
}

interface Cleaned {
  /** Packets that left the queue, SACKed before or not. */
  readonly packets: number;
  readonly oldest: SendSkb | undefined;
  readonly newest: SendSkb | undefined;
}

function forget(tcp: Tcp, skb: SendSkb, packets: number): void {
  tcp.packetsOut -= packets;
  if (skb.isSacked) tcp.sackedOut -= packets;
  else tcp.delivered += packets;
  if (skb.isLost) tcp.lostOut -= packets;
  if (skb.isResent) tcp.retransOut -= packets;
}

/** tcp_tso_acked: a part of a super-segment. */
function trimPart(tcp: Tcp, skb: SendSkb): number {
  if (skb.segments === 1 || tcp.sndUna <= skb.seq) return 0;
  const before = skb.segments;
  trimHead(tcp, skb, tcp.sndUna - skb.seq, tcp.mssCache);
  const packets = before - skb.segments;
  forget(tcp, skb, packets);
  return packets;
}

/** Frees what is acknowledged (tcp_clean_rtx_queue). */
function clean(tcp: Tcp): Cleaned {
  let packets = 0;
  let oldest: SendSkb | undefined;
  let newest: SendSkb | undefined;
  let whole = 0;
  for (const skb of tcp.rtxQueue) {
    const isWhole = skb.end <= tcp.sndUna;
    if (isWhole) whole += 1;
    const acked = isWhole ? skb.segments : trimPart(tcp, skb);
    if (acked === 0) break;
    packets += acked;
    if (!skb.wasResent && !skb.isSacked) {
      oldest ??= skb;
      newest = skb;
    }
    if (!skb.isSacked) noteDelivered(tcp, skb);
    if (!isWhole) break;
    forget(tcp, skb, skb.segments);
    skb.isHeld = false;
    tcp.wmemQueued -= skb.truesize;
  }
  if (whole > 0) tcp.rtxQueue.splice(0, whole);
  return { packets, oldest, newest };
}

/** tcp_process_tlp_ack: the probe's answer; a loss that it repaired costs window. */
function endLossProbe(tcp: Tcp, ack: number): void {
  if (tcp.tlpHighSeq === undefined || ack < tcp.tlpHighSeq) return;
  tcp.tlpHighSeq = undefined;
}

const roundTrip = (tcp: Tcp, skb: SendSkb): number => Math.max(tcp.world.engine.now() - skb.sentAt, tcp.world.leastRtt);

/** Takes an ACK; false: the segment is to be thrown away. */
export function acknowledge(tcp: Tcp, segment: Segment): boolean {
  const { ack } = segment;
  if (ack > tcp.sndNxt) return false;
  if (ack < tcp.sndUna) return true;
  const priorPackets = tcp.packetsOut;
  const priorInFlight = isInFlight(tcp);
  const priorDelivered = tcp.delivered;
  const priorLost = tcp.lostOut;
  const advanced = ack > tcp.sndUna;
  if (advanced) tcp.retransmits = 0;
  updateWindow(tcp, segment);
  tcp.sndUna = ack;
  tcp.probesOut = 0;
  tcp.heardAt = tcp.world.engine.now();
  const sacked = segment.sack.length > 0 ? applySack(tcp, segment.sack) : undefined;
  if (priorPackets === 0) {
    checkProbe(tcp);
    return true;
  }
  const { packets, oldest, newest } = clean(tcp);
  let rtt: number | undefined;
  if (newest) {
    rtt = roundTrip(tcp, newest);
    tcp.minRtt = Math.min(tcp.minRtt ?? rtt, rtt);
    measureRtt(tcp, roundTrip(tcp, oldest!));
  }
  endLossProbe(tcp, ack);
  const isDubious = !advanced || tcp.recovery !== "open" || tcp.sackedOut > 0;
  const mustResend = isDubious && judgeLosses(tcp);
  if (packets > 0) resetTimer(tcp);
  tcp.congestion.onAck({
    now: tcp.world.engine.now(),
    acked: tcp.delivered - priorDelivered,
    lost: Math.max(0, tcp.lostOut - priorLost),
    advanced,
    priorInFlight,
    inFlight: isInFlight(tcp),
    packetsOut: tcp.packetsOut,
    rtt,
    smoothedRtt: tcp.srtt > 0 ? (tcp.srtt / 8) * 1000 : undefined,
    minRtt: tcp.minRtt,
    una: tcp.sndUna,
    nxt: tcp.sndNxt,
    stamp: (sacked ?? newest)?.stamp,
  });
  if (mustResend) resendLost(tcp);
  return true;
}
