// The sender's one timer: retransmission, tail loss probe or window probe (net/ipv4/tcp_timer.c; tcp_output.c:
// tcp_schedule_loss_probe, tcp_send_loss_probe, tcp_write_wakeup, tcp_send_probe0).
import { close } from "./close.js";
import { pushPending, writeOut } from "./output.js";
import { enterLoss, resend } from "./recovery.js";
import { leastRtoMicros, leastRtoTicks, mostRtoTicks } from "./rtt.js";
import { setSegments, split } from "./send-skb.js";
import { count, nanosPerTick, type RetransmitTimer, type Tcp, ticksOf, windowEnd } from "./tcp.js";
import { transmitAck, transmitData } from "./transmit.js";

/** TCP_TIMEOUT_MIN_US and TCP_TIMEOUT_INIT. */
const leastTimeoutMicros = 2000;
const firstTimeoutTicks = 250;
/** Doublings from the least to the largest timeout (ilog2(TCP_RTO_MAX / TCP_RTO_MIN)). */
const mostDoublings = 9;

export function clearTimer(tcp: Tcp): void {
  if (tcp.timer) tcp.world.wheel.cancel(tcp.timer);
  tcp.timer = undefined;
  tcp.pending = undefined;
}

/** tcp_reset_xmit_timer. */
export function armTimer(tcp: Tcp, pending: RetransmitTimer, ticks: number): void {
  clearTimer(tcp);
  const { wheel, softirq } = tcp.world;
  tcp.pending = pending;
  tcp.timer = wheel.armTicks(Math.min(ticks, mostRtoTicks), () => softirq.raise(() => fire(tcp)));
}

/** How far the retransmission timeout of the oldest packet is, µs. */
const untilRto = (tcp: Tcp): number => {
  const sentAt = tcp.rtxQueue[0]?.sentAt ?? tcp.world.engine.now();
  return tcp.rto * 4000 - Math.floor((tcp.world.engine.now() - sentAt) / 1000);
};

/** tcp_rearm_rto. */
export function rearmRto(tcp: Tcp): void {
  if (tcp.packetsOut === 0) {
    if (tcp.pending !== "probe") clearTimer(tcp);
    return;
  }
  const ticks = tcp.pending === "loss-probe" ? Math.max(1, ticksOf(untilRto(tcp))) : tcp.rto;
  armTimer(tcp, "retransmit", ticks);
}

/** tcp_schedule_loss_probe; false: the plain timeout is to be armed. */
export function scheduleLossProbe(tcp: Tcp, isFresh: boolean): boolean {
  if (tcp.packetsOut === 0 || (tcp.recovery !== "open" && tcp.recovery !== "disorder")) return false;
  if (tcp.recovery === "disorder") return false;
  let ticks = firstTimeoutTicks;
  if (tcp.srtt > 0) ticks = ticksOf((tcp.srtt >> 2) + (tcp.packetsOut === 1 ? leastRtoMicros : leastTimeoutMicros));
  const rto = isFresh ? tcp.rto * 4000 : untilRto(tcp);
  if (rto > 0) ticks = Math.min(ticks, ticksOf(rto));
  armTimer(tcp, "loss-probe", ticks);
  return true;
}

/** After an ACK that moved something (tcp_set_xmit_timer). */
export function resetTimer(tcp: Tcp): void {
  if (!scheduleLossProbe(tcp, true)) rearmRto(tcp);
}

const probeBase = (tcp: Tcp): number => Math.max(tcp.rto, leastRtoTicks);
const withUserTimeout = (tcp: Tcp, ticks: number): number =>
  tcp.userTimeout > 0 && tcp.probesSince !== undefined
    ? Math.max(1, Math.min(ticks, tcp.userTimeout - (tcp.world.wheel.ticks() - tcp.probesSince)))
    : ticks;
/** tcp_probe0_when. */
const probeDelay = (tcp: Tcp): number =>
  withUserTimeout(tcp, Math.min(probeBase(tcp) * 2 ** Math.min(tcp.backoff, mostDoublings + 1), mostRtoTicks));

/** tcp_check_probe_timer. */
export function armProbeIfIdle(tcp: Tcp): void {
  if (tcp.packetsOut === 0 && tcp.pending === undefined) armTimer(tcp, "probe", probeBase(tcp));
}

/** An ACK came with nothing in flight: does the window let the head go (tcp_ack_probe)? */
export function checkProbe(tcp: Tcp): void {
  const head = tcp.writeQueue[0];
  if (!head) return;
  if (head.end > windowEnd(tcp)) {
    armTimer(tcp, "probe", probeDelay(tcp));
    return;
  }
  tcp.backoff = 0;
  tcp.probesSince = undefined;
  if (tcp.pending === "probe") clearTimer(tcp);
}

/** A piece of the head if the window is open but too small for a full one, else a segment out of window (tcp_write_wakeup). */
function wakeUp(tcp: Tcp): void {
  const head = tcp.writeQueue[0];
  if (!head || head.seq >= windowEnd(tcp)) {
    count(tcp, "TCPWinProbe");
    transmitAck(tcp, tcp.sndUna - 1);
    return;
  }
  const mss = tcp.mssCache;
  const room = windowEnd(tcp) - head.seq;
  tcp.pushedSeq = Math.max(tcp.pushedSeq, head.end);
  if (room < head.end - head.seq || head.bytes > mss)
    tcp.writeQueue.splice(1, 0, split(tcp, head, Math.min(room, mss), mss));
  else setSegments(head, mss);
  head.push = true;
  transmitData(tcp, head, () => pushPending(tcp));
  tcp.writeQueue.shift();
  tcp.rtxQueue.push(head);
  tcp.sndNxt = head.end;
  tcp.packetsOut += head.segments;
  count(tcp, "TCPOrigDataSent", head.segments);
  rearmRto(tcp);
  tcp.world.note(tcp.side, "window-probe-sent", head.bytes);
}

/** tcp_probe_timer and tcp_send_probe0. */
function probe(tcp: Tcp): void {
  if (tcp.packetsOut > 0 || tcp.writeQueue.length === 0) {
    tcp.probesOut = 0;
    tcp.probesSince = undefined;
    return;
  }
  const now = tcp.world.wheel.ticks();
  if (tcp.probesSince === undefined) tcp.probesSince = now;
  else if (tcp.userTimeout > 0 && now - tcp.probesSince >= tcp.userTimeout) {
    giveUp(tcp);
    return;
  }
  if (tcp.probesOut >= tcp.world.retries2) {
    giveUp(tcp);
    return;
  }
  wakeUp(tcp);
  if (tcp.packetsOut > 0 || tcp.writeQueue.length === 0) {
    tcp.probesOut = 0;
    tcp.backoff = 0;
    tcp.probesSince = undefined;
    return;
  }
  tcp.probesOut += 1;
  tcp.backoff = Math.min(tcp.backoff + 1, tcp.world.retries2);
  armTimer(tcp, "probe", probeDelay(tcp));
}

function giveUp(tcp: Tcp): void {
  count(tcp, "TCPAbortOnTimeout");
  tcp.world.note(tcp.side, "given-up");
  close(tcp, "ETIMEDOUT");
}

/** What `retries` timeouts from the least one on come to, ticks (tcp_model_timeout). */
export const modelTimeout = (retries: number): number =>
  (2 ** (Math.min(retries, mostDoublings) + 1) - 1) * leastRtoTicks +
  Math.max(0, retries - mostDoublings) * mostRtoTicks;

/** retransmits_timed_out. */
function isTimedOut(tcp: Tcp): boolean {
  if (tcp.retransmits === 0 || tcp.retransStamp === undefined) return false;
  const elapsed = tcp.world.engine.now() - tcp.retransStamp;
  return elapsed >= (tcp.userTimeout > 0 ? tcp.userTimeout : modelTimeout(tcp.world.retries2)) * nanosPerTick;
}

/** tcp_retransmit_timer. */
function retransmit(tcp: Tcp): void {
  const head = tcp.rtxQueue[0];
  if (!head) return;
  if (tcp.sndWnd > 0) count(tcp, "TCPTimeouts");
  if (isTimedOut(tcp)) {
    giveUp(tcp);
    return;
  }
  enterLoss(tcp);
  tcp.retransmits += 1;
  tcp.retransStamp ??= tcp.world.engine.now();
  resend(tcp, head, 1);
  tcp.world.note(tcp.side, "timeout", head.bytes);
  tcp.backoff += 1;
  tcp.rto = Math.min(tcp.rto * 2, mostRtoTicks);
  let ticks = tcp.rto;
  if (tcp.userTimeout > 0) {
    const elapsed = Math.floor((tcp.world.engine.now() - tcp.retransStamp) / nanosPerTick);
    ticks = Math.max(1, Math.min(ticks, tcp.userTimeout - elapsed));
  }
  armTimer(tcp, "retransmit", ticks);
}

/** tcp_send_loss_probe: something new, or the last packet again. */
function probeForLoss(tcp: Tcp): void {
  if (tcp.tlpHighSeq === undefined) sendLossProbe(tcp);
  rearmRto(tcp);
}

function sendLossProbe(tcp: Tcp): void {
  const head = tcp.writeQueue[0];
  if (head && Math.min(head.end, head.seq + tcp.mssCache) <= windowEnd(tcp)) {
    const before = tcp.packetsOut;
    writeOut(tcp, "off", "probe");
    if (tcp.packetsOut === before) return;
  } else {
    let last = tcp.rtxQueue.at(-1);
    if (!last) return;
    if (last.segments > 1) {
      const rest = split(tcp, last, (last.segments - 1) * tcp.mssCache, tcp.mssCache);
      tcp.rtxQueue.push(rest);
      last = rest;
    }
    count(tcp, "RetransSegs", last.segments);
    last.wasResent = true;
    transmitData(tcp, last, () => pushPending(tcp));
  }
  tcp.tlpHighSeq = tcp.sndNxt;
  count(tcp, "TCPLossProbes");
  tcp.world.note(tcp.side, "loss-probe");
  tcp.pending = undefined;
}

const handlers: Readonly<Record<RetransmitTimer, (tcp: Tcp) => void>> = {
  retransmit: retransmit,
  "loss-probe": probeForLoss,
  probe: probe,
};

/** tcp_write_timer_handler. */
function fire(tcp: Tcp): void {
  const event = tcp.pending;
  tcp.timer = undefined;
  if (tcp.isClosed || !event) return;
  tcp.pending = undefined;
  handlers[event](tcp);
}
