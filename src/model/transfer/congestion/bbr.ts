// BBR v1 (net/ipv4/tcp_bbr.c): the window is a gain times bandwidth times the smallest round trip, losses do not count.
// Left out: the long-term policer estimate and the ACK aggregation filter; the gain cycle starts at its first phase.
import type { BbrState } from "./bbr-state.js";
import { type Ack, type Algorithm, type Flow, initialWindowSegments } from "./flow.js";

const unit = 256;
const highGain = Math.floor((unit * 2885) / 1000) + 1;
const drainGain = Math.floor((unit * 1000) / 2885);
const steadyCwndGain = unit * 2;
const cycleGains: readonly number[] = [320, 192, unit, unit, unit, unit, unit, unit];
const bandwidthRounds = 10;
const minRttWindowNanos = 10e9;
const probeRttNanos = 200e6;
const minCwnd = 4;
const fullRounds = 3;
/** sk_gso_max_size's share of a super-segment, for the window's quantum (bbr_tso_segs_goal). */
const legacyGsoBytes = 65536 - 1 - 320;
const pacingMarginPercent = 99;
const slowRate = 150_000;

const bandwidth = (bbr: BbrState): number => bbr.bandwidths.reduce((most, { rate }) => Math.max(most, rate), 0);

const gainsOf = (bbr: BbrState): { pacing: number; cwnd: number } =>
  ({
    startup: { pacing: highGain, cwnd: highGain },
    drain: { pacing: drainGain, cwnd: highGain },
    "probe-bandwidth": { pacing: cycleGains[bbr.cycle]!, cwnd: steadyCwndGain },
    "probe-rtt": { pacing: unit, cwnd: unit },
  })[bbr.mode];

const tsoGoal = (flow: Flow): number => {
  const bytes = Math.min(Math.floor(flow.pacingRate / 1024), legacyGsoBytes);
  return Math.min(Math.max(Math.floor(bytes / flow.mssBytes), flow.pacingRate < slowRate ? 1 : 2), 127);
};

/** Bandwidth-delay product times gain (bbr_inflight: with room for three super-segments, an even number of segments). */
function inflightGoal(flow: Flow, rate: number, gain: number): number {
  const { bbr } = flow;
  if (bbr.minRttMicros === undefined) return initialWindowSegments;
  let goal = Math.ceil((rate * bbr.minRttMicros * gain) / unit) + 3 * tsoGoal(flow);
  goal += goal & 1;
  return bbr.mode === "probe-bandwidth" && bbr.cycle === 0 ? goal + 2 : goal;
}

/** bbr_update_bw: a round is over when what was sent after its beginning is delivered. */
function updateBandwidth(flow: Flow, ack: Ack): boolean {
  const { bbr } = flow;
  const { rate } = ack;
  if (!rate || rate.intervalMicros <= 0) return false;
  const isRoundStart = rate.priorDelivered >= bbr.nextRoundDelivered;
  if (isRoundStart) {
    bbr.nextRoundDelivered = bbr.deliveredSegments;
    bbr.round += 1;
    bbr.isConserving = false;
  }
  const measured = rate.delivered / rate.intervalMicros;
  if (rate.isAppLimited && measured < bandwidth(bbr)) return isRoundStart;
  bbr.bandwidths = bbr.bandwidths.filter(
    ({ round, rate: past }) => round > bbr.round - bandwidthRounds && past > measured,
  );
  bbr.bandwidths.push({ round: bbr.round, rate: measured });
  return isRoundStart;
}

/** Three rounds without a quarter more: the pipe is full (bbr_check_full_bw_reached, bbr_check_drain). */
function updateMode(flow: Flow, ack: Ack, isRoundStart: boolean): void {
  const { bbr } = flow;
  if (!bbr.isPipeFull && isRoundStart && !ack.rate?.isAppLimited) {
    const reached = bandwidth(bbr);
    if (reached >= bbr.fullBandwidth * 1.25) {
      bbr.fullBandwidth = reached;
      bbr.fullBandwidthRounds = 0;
    } else {
      bbr.fullBandwidthRounds += 1;
      bbr.isPipeFull = bbr.fullBandwidthRounds >= fullRounds;
    }
  }
  if (bbr.mode === "startup" && bbr.isPipeFull) {
    bbr.mode = "drain";
    flow.ssthreshSegments = inflightGoal(flow, bandwidth(bbr), unit);
  }
  if (bbr.mode === "drain" && ack.inFlight <= inflightGoal(flow, bandwidth(bbr), unit)) probeBandwidth(bbr, ack.now);
}

function probeBandwidth(bbr: BbrState, nowNanos: number): void {
  bbr.mode = bbr.isPipeFull ? "probe-bandwidth" : "startup";
  bbr.cycle = 0;
  bbr.cycleNanos = nowNanos;
}

/** A phase lasts a smallest round trip; probing up goes on until the pipe is full or something is lost (bbr_is_next_cycle_phase). */
function updateCycle(flow: Flow, ack: Ack): void {
  const { bbr } = flow;
  if (bbr.mode !== "probe-bandwidth") return;
  const gain = cycleGains[bbr.cycle]!;
  const isFullLength = ack.now - bbr.cycleNanos > (bbr.minRttMicros ?? 0) * 1000;
  const goal = inflightGoal(flow, bandwidth(bbr), gain);
  const isOver =
    gain > unit
      ? isFullLength && (ack.lost > 0 || ack.priorInFlight >= goal)
      : isFullLength || (gain < unit && ack.priorInFlight <= inflightGoal(flow, bandwidth(bbr), unit));
  if (!isOver) return;
  bbr.cycle = (bbr.cycle + 1) % cycleGains.length;
  bbr.cycleNanos = ack.now;
}

/** The smallest round trip of ten seconds; when it is that old the pipe is emptied to see it again (bbr_update_min_rtt). */
function updateMinRtt(flow: Flow, ack: Ack): void {
  const { bbr } = flow;
  const { now: nowNanos, rtt: rttMicros } = ack;
  const isExpired = nowNanos > bbr.minRttNanos + minRttWindowNanos;
  if (rttMicros !== undefined && (isExpired || rttMicros < (bbr.minRttMicros ?? Number.POSITIVE_INFINITY))) {
    bbr.minRttMicros = rttMicros;
    bbr.minRttNanos = nowNanos;
  }
  if (isExpired && bbr.mode !== "probe-rtt") {
    bbr.mode = "probe-rtt";
    saveWindow(flow);
    bbr.probeRttDoneNanos = undefined;
  }
  if (bbr.mode !== "probe-rtt") return;
  if (bbr.probeRttDoneNanos === undefined) {
    if (ack.inFlight <= minCwnd) bbr.probeRttDoneNanos = nowNanos + probeRttNanos;
  } else if (nowNanos > bbr.probeRttDoneNanos) {
    bbr.minRttNanos = nowNanos;
    flow.cwndSegments = Math.max(flow.cwndSegments, bbr.priorCwnd);
    probeBandwidth(bbr, nowNanos);
  }
}

/** bytes a second, 1 % below what was measured (bbr_rate_bytes_per_sec). */
const pacingOf = (flow: Flow, segmentsPerMicro: number, gain: number): number =>
  Math.floor(((segmentsPerMicro * flow.mssBytes * gain) / unit) * (pacingMarginPercent / 100) * 1e6);

function setPacing(flow: Flow, gain: number): void {
  const { bbr } = flow;
  if (!bbr.hasSeenRtt && flow.srttMicros !== undefined) bbrStart(flow);
  const rate = pacingOf(flow, bandwidth(bbr), gain);
  if (bbr.isPipeFull || rate > flow.pacingRate) flow.pacingRate = rate;
}

/** Before the first sample: a whole window in a round trip, times the high gain (bbr_init_pacing_rate_from_rtt). */
export function bbrStart(flow: Flow): void {
  flow.bbr.hasSeenRtt = flow.srttMicros !== undefined;
  flow.pacingRate = pacingOf(flow, flow.cwndSegments / (flow.srttMicros ?? 1000), highGain);
}

/** bbr_save_cwnd: what is given back after a recovery or a probe. */
function saveWindow(flow: Flow): void {
  const { bbr } = flow;
  const isFresh = !bbr.wasRecovering && bbr.mode !== "probe-rtt";
  bbr.priorCwnd = isFresh ? flow.cwndSegments : Math.max(bbr.priorCwnd, flow.cwndSegments);
}

/** A loss costs what was lost, for a round trip; true: the window is settled (bbr_set_cwnd_to_recover_or_restore). */
function followRecovery(flow: Flow, ack: Ack): boolean {
  const { bbr } = flow;
  const isRecovering = flow.state === "recovery" || flow.state === "loss";
  if (ack.lost > 0) flow.cwndSegments = Math.max(flow.cwndSegments - ack.lost, 1);
  if (flow.state === "recovery" && !bbr.wasRecovering) {
    bbr.isConserving = true;
    bbr.nextRoundDelivered = bbr.deliveredSegments;
    flow.cwndSegments = ack.inFlight + ack.acked;
  } else if (bbr.wasRecovering && !isRecovering) {
    flow.cwndSegments = Math.max(flow.cwndSegments, bbr.priorCwnd);
    bbr.isConserving = false;
  }
  bbr.wasRecovering = isRecovering;
  if (bbr.isConserving) flow.cwndSegments = Math.max(flow.cwndSegments, ack.inFlight + ack.acked);
  return bbr.isConserving;
}

function setWindow(flow: Flow, ack: Ack, gain: number): void {
  const { bbr } = flow;
  if (ack.acked > 0) {
    const goal = inflightGoal(flow, bandwidth(bbr), gain);
    const isSettled = followRecovery(flow, ack);
    if (!isSettled && bbr.isPipeFull) flow.cwndSegments = Math.min(flow.cwndSegments + ack.acked, goal);
    else if (!isSettled && (flow.cwndSegments < goal || bbr.deliveredSegments < initialWindowSegments))
      flow.cwndSegments += ack.acked;
    flow.cwndSegments = Math.max(flow.cwndSegments, minCwnd);
  }
  if (bbr.mode === "probe-rtt") flow.cwndSegments = Math.min(flow.cwndSegments, minCwnd);
}

function control(flow: Flow, ack: Ack): void {
  flow.bbr.deliveredSegments += ack.acked;
  const isRoundStart = updateBandwidth(flow, ack);
  updateCycle(flow, ack);
  updateMode(flow, ack, isRoundStart);
  updateMinRtt(flow, ack);
  const gains = gainsOf(flow.bbr);
  setPacing(flow, gains.pacing);
  setWindow(flow, ack, gains.cwnd);
}

export const bbr: Algorithm = {
  sndbufFactor: 3,
  isPaced: true,
  ssthresh: (flow) => {
    saveWindow(flow);
    return flow.ssthreshSegments;
  },
  avoid: () => undefined,
  control,
};
