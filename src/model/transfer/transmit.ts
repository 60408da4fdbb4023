// Hands one segment to the path (net/ipv4/tcp_output.c: __tcp_transmit_skb).
import { noteAckSent } from "./ack-policy.js";
import { offerWindow } from "./receive-window.js";
import type { Segment } from "./segment.js";
import { skbOverhead } from "./skb-size.js";
import { count, nanosPerTick, type SendSkb, type Tcp } from "./tcp.js";

const mostSackBlocks = 3;

const headerOf = (tcp: Tcp): Pick<Segment, "ack" | "window" | "sack" | "sentAt" | "echo"> => ({
  ack: tcp.rcvNxt,
  window: offerWindow(tcp),
  sack: tcp.sacks.slice(0, mostSackBlocks),
  sentAt: tcp.world.engine.now(),
  echo: tcp.recentStamp,
});

const bare = { bytes: 0, push: false, fin: false, rst: false, truesize: skbOverhead, frags: 0, original: undefined };

const ignore = (): void => {};

/** A segment without payload: an ACK, or a probe whose number is old (tcp_xmit_probe_skb). */
export function transmitAck(tcp: Tcp, seq: number): void {
  const segment: Segment = { ...bare, ...headerOf(tcp), seq, mss: tcp.mssCache };
  noteAckSent(tcp);
  tcp.world.path.send(tcp.side, segment, ignore);
}

export function transmitReset(tcp: Tcp): void {
  count(tcp, "OutRsts");
  tcp.world.path.send(tcp.side, { ...bare, ...headerOf(tcp), rst: true, seq: tcp.sndNxt, mss: tcp.mssCache }, ignore);
}

/** The device has let go of it: what waited for that goes on (tcp_wfree, tcp_tsq_handler). */
const freed =
  (tcp: Tcp, truesize: number, resume: () => void): (() => void) =>
  () => {
    tcp.wmemAlloc -= truesize;
    if (!tcp.isThrottled) return;
    tcp.isThrottled = false;
    tcp.world.softirq.raise(resume);
  };

/** Silent for longer than the timeout: the congestion window is not what it was (tcp_slow_start_after_idle_check). */
export function restartIfIdle(tcp: Tcp): void {
  const now = tcp.world.engine.now();
  const idle = now - tcp.lastSentAt;
  const rto = tcp.rto * nanosPerTick;
  if (tcp.packetsOut === 0 && idle > rto) tcp.congestion.onIdle(idle, rto, now);
}

/** Sends a segment of the send queue; `resume` runs when the device lets go and the flow waited for it. */
export function transmitData(tcp: Tcp, skb: SendSkb, resume: () => void): void {
  const { engine, wheel, path } = tcp.world;
  const now = engine.now();
  const { seq, bytes, truesize, fin } = skb;
  if (skb.segments > 1) skb.push = true;
  const segment: Segment = {
    ...headerOf(tcp),
    seq,
    bytes,
    push: skb.push,
    fin,
    rst: false,
    mss: tcp.mssCache,
    truesize,
    frags: skb.frags.length,
    fragBytes: [...skb.frags],
    original: skb,
  };
  noteAckSent(tcp);
  if (bytes > 0) {
    const tick = wheel.ticks();
    tcp.lastSentAt = now;
    if (tick - tcp.ack.lastReceivedTick < tcp.ack.ato) tcp.ack.pingpong += 1;
  }
  skb.sentAt = now;
  tcp.wmemAlloc += truesize;
  skb.stamp = tcp.congestion.onSegment(bytes, tcp.packetsOut, now);
  path.send(tcp.side, segment, freed(tcp, truesize, resume));
}
