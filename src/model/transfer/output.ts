// What of the send queue leaves now (net/ipv4/tcp_output.c: tcp_write_xmit): windows, Nagle, deferral, pacing, small queues.
import { priority } from "../engine.js";
import { checkSpace } from "./send-buffer.js";
import { grow, setSegments, split } from "./send-skb.js";
import { armProbeIfIdle, rearmRto, scheduleLossProbe } from "./retransmit-timer.js";
import { transmitData } from "./transmit.js";
import { count, isInFlight, nanosPerTick, type SendSkb, type Tcp, windowEnd } from "./tcp.js";

/** How the tail's small segment is treated: Nagle's rule, none (TCP_NODELAY), or everything must go. */
export type Nagle = "nagle" | "off" | "push";

/** An incomplete segment waits while a smaller one is unacknowledged (tcp_nagle_check with Minshall's rule). */
const isHeldByNagle = (tcp: Tcp, isPartial: boolean, nagle: Nagle): boolean =>
  isPartial && nagle === "nagle" && tcp.packetsOut > 0 && tcp.sndSml > tcp.sndUna && tcp.sndSml <= tcp.sndNxt;

const nanosPerMs = 1e6;
const windowDivisor = 3;

interface Attempt {
  readonly mss: number;
  readonly nagle: Nagle;
  readonly mostSegments: number;
  readonly onlyOne: boolean;
  isWindowLimited: boolean;
  isCwndLimited: boolean;
  sent: number;
}

/** Waits for more to fill a super-segment, if an ACK is near that would allow more (tcp_tso_should_defer). */
function shouldDefer(tcp: Tcp, skb: SendSkb, attempt: Attempt): boolean {
  if (tcp.recovery === "recovery" || tcp.recovery === "loss") return false;
  const now = tcp.world.engine.now();
  if (now - tcp.lastSentAt > nanosPerMs) return false;
  const mss = tcp.mssCache;
  const cwnd = tcp.congestion.cwnd();
  const room = windowEnd(tcp) - skb.seq;
  const congestionRoom = (cwnd - isInFlight(tcp)) * mss;
  const limit = Math.min(room, congestionRoom);
  if (limit >= attempt.mostSegments * mss) return false;
  if (skb !== tcp.writeQueue.at(-1) && limit >= skb.bytes) return false;
  if (limit >= Math.floor(Math.min(tcp.sndWnd, cwnd * mss) / windowDivisor)) return false;
  const head = tcp.rtxQueue[0];
  if (!head) return false;
  const rtt = (tcp.srtt >> 3) * 1000;
  if (head.sentAt + rtt - now > Math.min(rtt / 2, nanosPerMs)) return false;
  if (congestionRoom < room) {
    if (congestionRoom <= skb.bytes) {
      attempt.isCwndLimited = true;
      return true;
    }
  } else if (room <= skb.bytes) {
    attempt.isWindowLimited = true;
    return true;
  }
  return !skb.fin;
}

/** Bytes of it that may go at once (tcp_mss_split_point). */
function sendable(tcp: Tcp, skb: SendSkb, quota: number, { mss, nagle }: Attempt): number {
  const window = windowEnd(tcp) - skb.seq;
  const most = mss * quota;
  if (most <= window && skb !== tcp.writeQueue.at(-1)) return most;
  const needed = Math.min(skb.bytes, window);
  if (most <= needed) return most;
  const partial = needed % mss;
  return isHeldByNagle(tcp, partial !== 0, nagle) ? needed - partial : needed;
}

/** tcp_small_queue_check: the device holds enough of this flow. */
function isDeviceFull(tcp: Tcp, skb: SendSkb): boolean {
  if (tcp.wmemAlloc <= tcp.congestion.smallQueueLimit(skb.truesize) || tcp.rtxQueue.length <= 1) return false;
  tcp.isThrottled = true;
  return true;
}

function waitForPacing(tcp: Tcp): boolean {
  const { engine, softirq } = tcp.world;
  const departsAt = tcp.congestion.departsAt();
  if (!tcp.congestion.isPaced || departsAt <= engine.now()) return false;
  if (!tcp.isPacing) {
    tcp.isPacing = true;
    engine.at(departsAt, priority.timer, () => {
      tcp.isPacing = false;
      softirq.raise(() => resumeSending(tcp));
    });
  }
  return true;
}

/** The window, Nagle and deferral let it go (as far as its first segment). */
function mayLeave(tcp: Tcp, skb: SendSkb, attempt: Attempt): boolean {
  const first = Math.min(skb.end, skb.bytes > attempt.mss ? skb.seq + attempt.mss : skb.end);
  if (first > windowEnd(tcp)) {
    attempt.isWindowLimited = true;
    return false;
  }
  if (skb.segments > 1) return attempt.onlyOne || !shouldDefer(tcp, skb, attempt);
  if (skb !== tcp.writeQueue.at(-1) || skb.fin) return true;
  return !isHeldByNagle(tcp, skb.bytes < attempt.mss, attempt.nagle);
}

/** It is on its way (tcp_event_new_data_sent, tcp_minshall_update). */
function moveToSent(tcp: Tcp, skb: SendSkb, mss: number): void {
  tcp.writeQueue.shift();
  tcp.rtxQueue.push(skb);
  tcp.sndNxt = skb.end;
  const wasIdle = tcp.packetsOut === 0;
  tcp.packetsOut += skb.segments;
  count(tcp, "TCPOrigDataSent", skb.segments);
  if (wasIdle || tcp.pending === "loss-probe") rearmRto(tcp);
  checkSpace(tcp);
  if (skb.bytes < skb.segments * mss) tcp.sndSml = skb.end;
}

/** Sends the head of the write queue; false: it waits. */
function sendHead(tcp: Tcp, attempt: Attempt, isForced: boolean): boolean {
  const skb = tcp.writeQueue[0]!;
  const { mss } = attempt;
  if (waitForPacing(tcp)) return false;
  let quota = tcp.congestion.quota(isInFlight(tcp));
  if (quota === 0) {
    if (!isForced) return false;
    quota = 1;
  }
  quota = Math.min(quota, attempt.mostSegments);
  if (quota * mss > skb.bytes) grow(tcp, quota * mss - skb.bytes);
  setSegments(skb, mss);
  if (!mayLeave(tcp, skb, attempt)) return false;
  const limit = skb.segments > 1 ? sendable(tcp, skb, quota, attempt) : mss;
  if (skb.bytes > limit) tcp.writeQueue.splice(1, 0, split(tcp, skb, limit, mss));
  if (isDeviceFull(tcp, skb)) return false;
  transmitData(tcp, skb, () => resumeSending(tcp));
  moveToSent(tcp, skb, mss);
  attempt.sent += skb.segments;
  return true;
}

const sampleOf = (tcp: Tcp, hitWindow: boolean): Parameters<Tcp["congestion"]["onSent"]>[0] => ({
  now: tcp.world.engine.now(),
  packetsOut: tcp.packetsOut,
  inFlight: isInFlight(tcp),
  hitWindow,
  isAppLimited:
    tcp.writeSeq - tcp.sndNxt < tcp.mssCache && tcp.wmemAlloc === 0 && isInFlight(tcp) < tcp.congestion.cwnd(),
  isRefused: tcp.isNoSpace,
  una: tcp.sndUna,
  nxt: tcp.sndNxt,
  rto: tcp.rto * nanosPerTick,
});

/** Sends what may go; true: nothing is in flight and something waits (tcp_write_xmit). `push`: one skb only, or one beyond the window. */
export function writeOut(tcp: Tcp, nagle: Nagle, only: "all" | "one" | "probe" = "all"): boolean {
  const attempt: Attempt = {
    mss: tcp.mssCache,
    nagle,
    mostSegments: tcp.congestion.tsoSegments(),
    onlyOne: only !== "all",
    isWindowLimited: false,
    isCwndLimited: false,
    sent: 0,
  };
  while (tcp.writeQueue.length > 0 && sendHead(tcp, attempt, only === "probe")) if (only !== "all") break;
  if (attempt.isWindowLimited !== tcp.isWindowLimited) {
    tcp.isWindowLimited = attempt.isWindowLimited;
    tcp.world.note(tcp.side, tcp.isWindowLimited ? "window-limited" : "window-sufficient");
  }
  const hitWindow = attempt.isCwndLimited || isInFlight(tcp) >= tcp.congestion.cwnd();
  if (attempt.sent > 0 || hitWindow) tcp.congestion.onSent(sampleOf(tcp, hitWindow));
  if (attempt.sent > 0) {
    if (only !== "probe") scheduleLossProbe(tcp, false);
    return false;
  }
  return tcp.packetsOut === 0 && tcp.writeQueue.length > 0;
}

/** __tcp_push_pending_frames: where nothing could go, the probe timer runs. */
export function pushPending(tcp: Tcp, nagle: Nagle = tcp.isNodelay ? "off" : "nagle"): void {
  if (!tcp.isClosed && tcp.writeQueue.length > 0 && writeOut(tcp, nagle)) armProbeIfIdle(tcp);
}

/** From a softirq: a call that owns the socket does it at its end. */
function resumeSending(tcp: Tcp): void {
  if (tcp.isOwned) tcp.isPushDeferred = true;
  else pushPending(tcp);
}
