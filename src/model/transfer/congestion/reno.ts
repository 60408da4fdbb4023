// NewReno's window (net/ipv4/tcp_cong.c: tcp_reno_cong_avoid, tcp_reno_ssthresh).
import { type Ack, type Algorithm, type Flow, isInSlowStart } from "./flow.js";
import { increase, isCwndLimited, slowStart } from "./window.js";

function avoid(flow: Flow, ack: Ack): void {
  if (!isCwndLimited(flow)) return;
  const left = isInSlowStart(flow) ? slowStart(flow, ack.acked) : ack.acked;
  if (left > 0) increase(flow, flow.cwndSegments, left);
}

export const reno: Algorithm = {
  sndbufFactor: 2,
  isPaced: false,
  ssthresh: (flow) => Math.max(flow.cwndSegments >> 1, 2),
  avoid,
};
