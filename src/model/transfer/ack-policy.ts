// When a receiver acknowledges (net/ipv4/tcp_input.c: __tcp_ack_snd_check; tcp_output.c: tcp_send_delayed_ack; tcp.c:
// tcp_cleanup_rbuf).
import { transmitAck } from "./transmit.js";
import { receiveWindow, selectWindow } from "./receive-window.js";
import { count, type Tcp } from "./tcp.js";

/** TCP_ATO_MIN, TCP_DELACK_MIN, TCP_DELACK_MAX, HZ / 2 in ticks of 4 ms. */
const leastDelay = 10;
const mostDelay = 50;
const mostWithoutPush = 125;
const mostQuickAcks = 16;

/** Acknowledges at once for a while (tcp_incr_quickack). */
export function quickenAcks(tcp: Tcp): void {
  const window = Math.floor(tcp.rcvWnd / (2 * tcp.rcvMss));
  tcp.ack.quick = Math.max(tcp.ack.quick, Math.min(window === 0 ? 2 : window, mostQuickAcks));
}

/** tcp_enter_quickack_mode. */
export function enterQuickAcks(tcp: Tcp): void {
  quickenAcks(tcp);
  tcp.ack.pingpong = 0;
  tcp.ack.ato = leastDelay;
}

/** Data arrived: how long an ACK may wait follows how fast it comes (tcp_event_data_recv). */
export function noteArrival(tcp: Tcp): void {
  const { ack } = tcp;
  const now = tcp.world.wheel.ticks();
  if (ack.ato === 0) {
    quickenAcks(tcp);
    ack.ato = leastDelay;
  } else {
    const gap = now - ack.lastReceivedTick;
    if (gap <= leastDelay / 2) ack.ato = (ack.ato >> 1) + leastDelay / 2;
    else if (gap < ack.ato) ack.ato = Math.min((ack.ato >> 1) + gap, tcp.rto);
    else if (gap > tcp.rto) quickenAcks(tcp);
  }
  ack.lastReceivedTick = now;
}

export function clearDelayedAck(tcp: Tcp): void {
  if (tcp.ack.timer) tcp.world.wheel.cancel(tcp.ack.timer);
  tcp.ack.timer = undefined;
}

/** The timer of a delayed ACK (tcp_delack_timer_handler). */
function fireDelayedAck(tcp: Tcp): void {
  const { ack } = tcp;
  ack.timer = undefined;
  if (tcp.isClosed || !ack.isScheduled) return;
  if (ack.pingpong > 0) {
    ack.pingpong = 0;
    ack.ato = leastDelay;
  } else ack.ato = Math.min(ack.ato << 1, tcp.rto);
  count(tcp, "DelayedACKs");
  sendAck(tcp);
}

/** tcp_send_delayed_ack. */
function delayAck(tcp: Tcp): void {
  const { ack } = tcp;
  const { wheel, softirq } = tcp.world;
  let delay = ack.ato;
  if (delay > leastDelay) {
    let most = ack.pingpong > 0 || ack.pushed > 0 ? mostDelay : mostWithoutPush;
    if (tcp.srtt > 0) most = Math.min(most, Math.max(Math.ceil((tcp.srtt >> 3) / 4000), leastDelay));
    delay = Math.min(delay, most);
  }
  delay = Math.min(delay, mostDelay - 1);
  const now = wheel.ticks();
  let timeout = now + delay;
  if (ack.timer) {
    if (ack.timeoutTick <= now + (delay >> 2)) {
      sendAck(tcp);
      return;
    }
    timeout = Math.min(timeout, ack.timeoutTick);
    wheel.cancel(ack.timer);
  }
  ack.timeoutTick = timeout;
  ack.timer = wheel.armTicks(timeout - now, () => softirq.raise(() => fireDelayedAck(tcp)));
}

/** tcp_send_ack. */
export function sendAck(tcp: Tcp): void {
  if (!tcp.isClosed) transmitAck(tcp, tcp.sndNxt);
}

const isFullFrame = (tcp: Tcp): boolean => tcp.rcvNxt - tcp.rcvWup > tcp.rcvMss;

/** After something arrived: acknowledge now or later (tcp_ack_snd_check). */
export function checkAck(tcp: Tcp): void {
  const { ack } = tcp;
  if (!ack.isScheduled) return;
  const isDue = isFullFrame(tcp) && (tcp.rcvNxt - tcp.copiedSeq < tcp.rcvLowat || selectWindow(tcp) >= tcp.rcvWnd);
  const isQuick = ack.quick > 0 && ack.pingpong === 0;
  if (isDue || isQuick || ack.isNow || tcp.outOfOrder.length > 0) {
    if (tcp.isOwned) ack.isDeferred = true;
    else sendAck(tcp);
    return;
  }
  delayAck(tcp);
}

/** After a read: the ACK that was due, or the news that the window has at least doubled (tcp_cleanup_rbuf). */
export function checkWindowUpdate(tcp: Tcp, copied: number): void {
  const { ack } = tcp;
  const isDrained = copied > 0 && (ack.pushed > 1 || (ack.pushed > 0 && ack.pingpong === 0)) && tcp.rmemAlloc === 0;
  let isDue = ack.isScheduled && (isFullFrame(tcp) || isDrained);
  const window = receiveWindow(tcp);
  if (copied > 0 && !isDue && !tcp.isEof && 2 * window <= tcp.windowClamp) {
    const next = selectWindow(tcp);
    isDue = next > 0 && next >= 2 * window;
  }
  if (isDue) sendAck(tcp);
}

/** An ACK left with some segment (tcp_event_ack_sent). */
export function noteAckSent(tcp: Tcp): void {
  const { ack } = tcp;
  if (ack.quick > 0 && ack.isScheduled) {
    ack.quick -= 1;
    if (ack.quick === 0) ack.ato = leastDelay;
  }
  ack.isScheduled = false;
  ack.isNow = false;
  ack.isNoMemory = false;
  ack.pushed = 0;
  ack.isDeferred = false;
  clearDelayedAck(tcp);
}
