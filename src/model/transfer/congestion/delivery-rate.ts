// How fast segments were delivered while one of them was on its way (net/ipv4/tcp_rate.c): what bbr steers by.
import type { RateSample } from "./flow.js";

/** The connection's side: what has been delivered, and when. */
export interface DeliveryClock {
  deliveredSegments: number;
  deliveredNanos: number;
  firstSentNanos: number;
  /** Delivered count up to which samples are limited by the application; 0: none. */
  appLimitedUntil: number;
}

/** What a segment remembers from the moment it left. */
export interface SentStamp {
  readonly sentNanos: number;
  readonly firstSentNanos: number;
  readonly deliveredSegments: number;
  readonly deliveredNanos: number;
  readonly isAppLimited: boolean;
}

export const createDeliveryClock = (): DeliveryClock => ({
  deliveredSegments: 0,
  deliveredNanos: 0,
  firstSentNanos: 0,
  appLimitedUntil: 0,
});

/** To be kept with a segment as it leaves; `packetsOut` before it (tcp_rate_skb_sent). */
export function stampSent(clock: DeliveryClock, packetsOut: number, nowNanos: number): SentStamp {
  if (packetsOut === 0) {
    clock.firstSentNanos = nowNanos;
    clock.deliveredNanos = nowNanos;
  }
  return {
    sentNanos: nowNanos,
    firstSentNanos: clock.firstSentNanos,
    deliveredSegments: clock.deliveredSegments,
    deliveredNanos: clock.deliveredNanos,
    isAppLimited: clock.appLimitedUntil > 0,
  };
}

/** Nothing left to send although the window had room (tcp_rate_check_app_limited). */
export function markAppLimited(clock: DeliveryClock, inFlight: number): void {
  clock.appLimitedUntil = Math.max(1, clock.deliveredSegments + inFlight);
}

/** An ACK delivered `segments`, the last sent of which carried `stamp` (tcp_rate_skb_delivered, tcp_rate_gen). */
export function sampleDelivered(
  clock: DeliveryClock,
  stamp: SentStamp,
  segments: number,
  nowNanos: number,
  minRttMicros: number,
): RateSample | undefined {
  clock.deliveredSegments += segments;
  clock.deliveredNanos = nowNanos;
  if (clock.appLimitedUntil > 0 && clock.deliveredSegments > clock.appLimitedUntil) clock.appLimitedUntil = 0;
  clock.firstSentNanos = stamp.sentNanos;
  const sendNanos = stamp.sentNanos - stamp.firstSentNanos;
  const ackNanos = nowNanos - stamp.deliveredNanos;
  const intervalMicros = Math.floor(Math.max(sendNanos, ackNanos) / 1000);
  if (intervalMicros < minRttMicros || intervalMicros === 0) return undefined;
  return {
    delivered: clock.deliveredSegments - stamp.deliveredSegments,
    intervalMicros,
    priorDelivered: stamp.deliveredSegments,
    isAppLimited: stamp.isAppLimited,
  };
}
