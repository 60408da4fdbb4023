// Slow start, additive increase and what counts as a full window (net/ipv4/tcp_cong.c, tcp_cwnd_validate in tcp_output.c).
import type { SendSample } from "../congestion.js";
import { type Flow, initialWindowSegments, isInSlowStart } from "./flow.js";

/** Grows by one a delivered segment up to the threshold; returns the delivered segments that were not used (tcp_slow_start). */
export function slowStart(flow: Flow, delivered: number): number {
  const grown = Math.min(flow.cwndSegments + delivered, flow.ssthreshSegments);
  const left = delivered - (grown - flow.cwndSegments);
  flow.cwndSegments = grown;
  return left;
}

/** Grows by one every `perSegments` delivered ones (tcp_cong_avoid_ai). */
export function increase(flow: Flow, perSegments: number, delivered: number): void {
  if (flow.cwndCount >= perSegments) {
    flow.cwndCount = 0;
    flow.cwndSegments += 1;
  }
  flow.cwndCount += delivered;
  const whole = Math.floor(flow.cwndCount / perSegments);
  flow.cwndCount -= whole * perSegments;
  flow.cwndSegments += whole;
}

/** A window that is not used does not grow (tcp_is_cwnd_limited). */
export const isCwndLimited = (flow: Flow): boolean =>
  flow.isCwndLimited || (isInSlowStart(flow) && flow.cwndSegments < 2 * flow.maxPacketsOut);

/** After each attempt to send: remembers how much of the window was used, and lets it decay when it is not (tcp_cwnd_validate). */
export function validateWindow(flow: Flow, sample: SendSample, isPaced: boolean): void {
  const { now, packetsOut, hitWindow } = sample;
  const isMore = !flow.isCwndLimited && packetsOut > flow.maxPacketsOut;
  if (sample.una >= flow.cwndUsageSequence || hitWindow || isMore) {
    flow.isCwndLimited = hitWindow;
    flow.maxPacketsOut = packetsOut;
    flow.cwndUsageSequence = sample.nxt;
  }
  if (isCwndLimited(flow)) {
    flow.cwndUsed = 0;
    flow.cwndStampNanos = now;
    return;
  }
  flow.cwndUsed = Math.max(flow.cwndUsed, packetsOut);
  if (!isPaced && now - flow.cwndStampNanos >= sample.rto) applicationLimited(flow, sample);
}

/** An RTO long the window was not needed: halfway down to what was, unless a writer waits for room (tcp_cwnd_application_limited). */
function applicationLimited(flow: Flow, { now, isRefused = false }: SendSample): void {
  if (flow.state === "open" && !isRefused) {
    const used = Math.max(flow.cwndUsed, initialWindowSegments);
    if (used < flow.cwndSegments) {
      flow.ssthreshSegments = currentThreshold(flow);
      flow.cwndSegments = (flow.cwndSegments + used) >> 1;
    }
    flow.cwndUsed = 0;
  }
  flow.cwndStampNanos = now;
}

/** tcp_current_ssthresh. */
export const currentThreshold = (flow: Flow): number =>
  Math.max(flow.ssthreshSegments, (flow.cwndSegments >> 1) + (flow.cwndSegments >> 2));

/** Sending after a silence: halves the window for each RTO of it (tcp_cwnd_restart, sysctl tcp_slow_start_after_idle). */
export function restartAfterIdle(flow: Flow, idleNanos: number, rtoNanos: number, nowNanos: number): void {
  if (idleNanos <= rtoNanos) return;
  const floor = Math.min(initialWindowSegments, flow.cwndSegments);
  const threshold = currentThreshold(flow);
  let cwnd = flow.cwndSegments;
  for (let silence = idleNanos - rtoNanos; silence > 0 && cwnd > floor; silence -= rtoNanos) cwnd >>= 1;
  flow.ssthreshSegments = threshold;
  flow.cwndSegments = Math.max(cwnd, floor);
  flow.cwndStampNanos = nowNanos;
  flow.cwndUsed = 0;
}
