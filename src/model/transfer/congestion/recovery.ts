// What a loss does to the window (net/ipv4/tcp_input.c): fast recovery with proportional rate reduction, timeout, the way back.
import type { Ack, Algorithm, Flow } from "./flow.js";
import { updatePacingRate } from "./pacing.js";

/** Duplicate ACKs, or segments SACKed above a hole, that make it a loss (sysctl tcp_reordering). */
export const duplicatesToRecover = 3;

/** Enters fast recovery (tcp_enter_recovery, tcp_init_cwnd_reduction). */
export function enterRecovery(flow: Flow, algorithm: Algorithm): void {
  if (flow.state === "recovery") return;
  flow.priorCwndSegments = flow.cwndSegments;
  flow.prrDelivered = 0;
  flow.prrOut = 0;
  flow.ssthreshSegments = algorithm.ssthresh(flow);
  flow.cwndCount = 0;
  flow.state = "recovery";
}

/** All that was out at the loss has been acknowledged (tcp_end_cwnd_reduction). */
export function leaveRecovery(flow: Flow, algorithm: Algorithm): void {
  if (flow.state === "recovery" && !algorithm.control) flow.cwndSegments = flow.ssthreshSegments;
  flow.state = "open";
}

/** A retransmission timeout: the window is what is still in flight, plus one (tcp_enter_loss). */
export function enterLoss(flow: Flow, algorithm: Algorithm, inFlight: number, nowNanos: number): void {
  if (flow.state !== "loss" && flow.state !== "recovery") {
    flow.priorCwndSegments = flow.cwndSegments;
    flow.ssthreshSegments = algorithm.ssthresh(flow);
  }
  flow.cwndSegments = inFlight + 1;
  flow.cwndCount = 0;
  flow.state = "loss";
  algorithm.timedOut?.(flow, nowNanos);
}

/** The timeout was for nothing: as if it had not been (tcp_undo_cwnd_reduction). */
export function undoReduction(flow: Flow): void {
  flow.cwndSegments = Math.max(flow.cwndSegments, flow.priorCwndSegments);
  flow.ssthreshSegments = Math.max(flow.ssthreshSegments, flow.priorCwndSegments);
  flow.state = "open";
}

/** RFC 6937: sends in proportion to what arrives, so that the window ends at the threshold (tcp_cwnd_reduction). */
function reduceWindow(flow: Flow, ack: Ack): void {
  if (ack.acked <= 0 || flow.priorCwndSegments === 0) return;
  const room = flow.ssthreshSegments - ack.inFlight;
  flow.prrDelivered += ack.acked;
  let sends: number;
  if (room < 0) {
    const share = flow.ssthreshSegments * flow.prrDelivered + flow.priorCwndSegments - 1;
    sends = Math.floor(share / flow.priorCwndSegments) - flow.prrOut;
  } else {
    sends = Math.max(flow.prrDelivered - flow.prrOut, ack.acked);
    if (ack.advanced && ack.lost === 0) sends += 1;
    sends = Math.min(room, sends);
  }
  // The first retransmission goes out whatever the count says.
  flow.cwndSegments = ack.inFlight + Math.max(sends, flow.prrOut > 0 ? 0 : 1);
}

/** An acknowledgement's effect on window and pacing rate (tcp_ack: pkts_acked, then tcp_cong_control). */
export function acknowledge(flow: Flow, algorithm: Algorithm, ack: Ack): void {
  if (ack.rtt !== undefined) algorithm.measured?.(flow, ack);
  if (algorithm.control) {
    algorithm.control(flow, ack);
    return;
  }
  if (flow.state === "recovery") reduceWindow(flow, ack);
  else if (ack.acked > 0 && ack.advanced) algorithm.avoid(flow, ack);
  updatePacingRate(flow, ack.packetsOut);
}

/** Segments that may leave now (tcp_cwnd_test: at most half a window in one super-segment). */
export function cwndQuota(flow: Flow, inFlight: number): number {
  if (inFlight >= flow.cwndSegments) return 0;
  return Math.min(Math.max(flow.cwndSegments >> 1, 1), flow.cwndSegments - inFlight);
}
