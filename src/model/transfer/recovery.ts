// Losses: what SACK says, what is taken for lost, and what is sent again (net/ipv4/tcp_input.c: tcp_sacktag_write_queue,
// tcp_fastretrans_alert; tcp_recovery.c: RACK; tcp_output.c: tcp_retransmit_skb, tcp_xmit_retransmit_queue).
import { priority } from "../engine.js";
import { pushPending } from "./output.js";
import type { SackBlock } from "./segment.js";
import { setSegments, split } from "./send-skb.js";
import { count, isInFlight, type SendSkb, type Tcp, windowEnd } from "./tcp.js";
import { transmitData } from "./transmit.js";

/** sysctl tcp_reordering. */
const reordering = 3;

/** A packet is known to have arrived (tcp_rack_advance). */
export function noteDelivered(tcp: Tcp, skb: SendSkb): void {
  if (skb.sentAt < tcp.rackSentAt || (skb.sentAt === tcp.rackSentAt && skb.end <= tcp.rackEnd)) return;
  const rtt = tcp.world.engine.now() - skb.sentAt;
  if (skb.wasResent && tcp.minRtt !== undefined && rtt < tcp.minRtt) return;
  tcp.rackSentAt = skb.sentAt;
  tcp.rackEnd = skb.end;
  tcp.rackRtt = rtt;
}

const isCovered = (skb: SendSkb, block: SackBlock): boolean => skb.seq >= block.from && skb.end <= block.until;

/** Cuts what a block covers only in part, at a packet's border. */
function splitFor(tcp: Tcp, block: SackBlock): void {
  const mss = tcp.mssCache;
  for (let index = 0; index < tcp.rtxQueue.length; index += 1) {
    const skb = tcp.rtxQueue[index]!;
    if (skb.seq >= block.until) return;
    if (skb.end <= block.from || skb.isSacked || skb.segments < 2) continue;
    const edge = skb.seq < block.from ? block.from : block.until;
    const packets = skb.seq < block.from ? Math.floor((edge - skb.seq) / mss) : Math.floor((edge - skb.seq) / mss);
    const bytes = packets * mss;
    if (bytes <= 0 || bytes >= skb.bytes) continue;
    tcp.rtxQueue.splice(index + 1, 0, split(tcp, skb, bytes, mss));
  }
}

function sackOne(tcp: Tcp, skb: SendSkb): void {
  skb.isSacked = true;
  tcp.sackedOut += skb.segments;
  tcp.delivered += skb.segments;
  if (skb.isLost) tcp.lostOut -= skb.segments;
  if (skb.isResent) tcp.retransOut -= skb.segments;
  skb.isLost = false;
  skb.isResent = false;
  noteDelivered(tcp, skb);
}

/** Marks what the blocks report; returns how many packets that is and the newest of them. */
export function applySack(tcp: Tcp, blocks: readonly SackBlock[]): SendSkb | undefined {
  let newest: SendSkb | undefined;
  for (const block of blocks) {
    if (block.until <= tcp.sndUna) continue;
    splitFor(tcp, block);
    for (const skb of tcp.rtxQueue) {
      if (skb.seq >= block.until) break;
      if (skb.isSacked || !isCovered(skb, block)) continue;
      sackOne(tcp, skb);
      newest = skb;
    }
  }
  return newest;
}

function markLost(tcp: Tcp, skb: SendSkb): void {
  if (skb.isResent) {
    skb.isResent = false;
    tcp.retransOut -= skb.segments;
  }
  if (skb.isLost) return;
  skb.isLost = true;
  tcp.lostOut += skb.segments;
}

/** How much later than a packet sent after it one may come (tcp_rack_reo_wnd), ns. */
const reorderWindow = (tcp: Tcp): number =>
  tcp.recovery === "recovery" || tcp.recovery === "loss" || tcp.sackedOut >= reordering
    ? 0
    : Math.floor((tcp.minRtt ?? 0) / 4);

/** What was sent before a packet that has arrived, and is overdue, is lost (tcp_rack_detect_loss); returns how long until the next is. */
function detectLosses(tcp: Tcp): number {
  if (tcp.rackEnd === 0) return 0;
  const now = tcp.world.engine.now();
  const patience = tcp.rackRtt + reorderWindow(tcp);
  let wait = 0;
  for (const skb of tcp.rtxQueue) {
    if (skb.isSacked || (skb.isLost && !skb.isResent)) continue;
    if (skb.sentAt > tcp.rackSentAt || (skb.sentAt === tcp.rackSentAt && skb.end >= tcp.rackEnd)) continue;
    const left = patience - (now - skb.sentAt);
    if (left <= 0) markLost(tcp, skb);
    else wait = Math.max(wait, left);
  }
  return wait;
}

function waitForStragglers(tcp: Tcp, wait: number): void {
  if (wait === 0 || tcp.isReorderTimerSet) return;
  tcp.isReorderTimerSet = true;
  const { engine, softirq } = tcp.world;
  engine.at(engine.now() + wait, priority.timer, () => {
    tcp.isReorderTimerSet = false;
    if (tcp.isClosed) return;
    softirq.raise(() => {
      if (judgeLosses(tcp)) resendLost(tcp);
    });
  });
}

/** Looks for losses and enters or leaves recovery (tcp_fastretrans_alert); true: something is to be sent again. */
export function judgeLosses(tcp: Tcp): boolean {
  const now = tcp.world.engine.now();
  if ((tcp.recovery === "recovery" || tcp.recovery === "loss") && tcp.sndUna >= tcp.highSeq) {
    tcp.recovery = "open";
    tcp.retransStamp = undefined;
    tcp.congestion.onRecovered(now);
    tcp.world.note(tcp.side, "recovered");
  }
  if (tcp.recovery !== "loss" || tcp.sackedOut > 0) waitForStragglers(tcp, detectLosses(tcp));
  if (tcp.recovery === "recovery" || tcp.recovery === "loss") return tcp.lostOut > 0;
  if (tcp.lostOut === 0) {
    tcp.recovery = tcp.sackedOut > 0 ? "disorder" : "open";
    return false;
  }
  tcp.recovery = "recovery";
  tcp.highSeq = tcp.sndNxt;
  tcp.tlpHighSeq = undefined;
  count(tcp, "TCPSackRecovery");
  tcp.congestion.onRecovery(now);
  tcp.world.note(tcp.side, "recovery");
  return true;
}

/** Sends up to `packets` of it again, as far as the window allows (tcp_retransmit_skb). */
export function resend(tcp: Tcp, skb: SendSkb, packets: number): boolean {
  const mss = tcp.mssCache;
  let room = windowEnd(tcp) - skb.seq;
  if (room <= 0) {
    if (skb.seq !== tcp.sndUna) return false;
    room = mss;
  }
  let bytes = mss * packets;
  if (bytes > room) bytes = Math.floor(room / mss) * mss || room;
  if (skb.bytes > bytes) {
    const index = tcp.rtxQueue.indexOf(skb);
    tcp.rtxQueue.splice(index + 1, 0, split(tcp, skb, bytes, mss));
  }
  setSegments(skb, mss);
  count(tcp, "RetransSegs", skb.segments);
  tcp.retransStamp ??= tcp.world.engine.now();
  transmitData(tcp, skb, () => pushPending(tcp));
  skb.wasResent = true;
  skb.isResent = true;
  tcp.retransOut += skb.segments;
  return true;
}

/** Sends again what is lost, as far as the congestion window allows (tcp_xmit_retransmit_queue). */
export function resendLost(tcp: Tcp): void {
  for (let index = 0; index < tcp.rtxQueue.length; index += 1) {
    const skb = tcp.rtxQueue[index]!;
    if (tcp.retransOut >= tcp.lostOut) return;
    if (!skb.isLost || skb.isSacked || skb.isResent) continue;
    const packets = Math.min(tcp.congestion.cwnd() - isInFlight(tcp), tcp.congestion.tsoSegments());
    if (packets <= 0) return;
    const before = tcp.retransOut;
    if (!resend(tcp, skb, packets)) return;
    const sent = tcp.retransOut - before;
    count(tcp, tcp.recovery === "loss" ? "TCPSlowStartRetrans" : "TCPFastRetrans", sent);
  }
}

/** The timeout: all that is out and not reported is lost (tcp_enter_loss). */
export function enterLoss(tcp: Tcp): void {
  for (const skb of tcp.rtxQueue) if (!skb.isSacked) markLost(tcp, skb);
  tcp.highSeq = tcp.sndNxt;
  tcp.tlpHighSeq = undefined;
  tcp.recovery = "loss";
  tcp.congestion.onTimeout(isInFlight(tcp), tcp.world.engine.now());
}
