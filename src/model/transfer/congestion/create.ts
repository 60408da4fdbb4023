// A sender's congestion control: one flow, its algorithm, its pacing and what it has measured.
import type { AckSample, Congestion, CongestionInput } from "../congestion.js";
import { algorithms, createFlow } from "./algorithms.js";
import { bbrStart } from "./bbr.js";
import { createDeliveryClock, markAppLimited, sampleDelivered, stampSent } from "./delivery-rate.js";
import type { Ack, Flow } from "./flow.js";
import { type PacingClock, paceSent, smallQueueLimit, tsoSegments, updatePacingRate } from "./pacing.js";
import { acknowledge, cwndQuota, enterLoss, enterRecovery, leaveRecovery, undoReduction } from "./recovery.js";
import { restartAfterIdle, validateWindow } from "./window.js";

const toMicros = (nanos: number | undefined): number | undefined =>
  nanos === undefined ? undefined : Math.floor(nanos / 1000);

function newFlow(input: CongestionInput): Flow {
  const flow = createFlow(input.mss);
  if (input.initialCwnd !== undefined) flow.cwndSegments = input.initialCwnd;
  flow.srttMicros = toMicros(input.rtt);
  flow.minRttMicros = flow.srttMicros;
  return flow;
}

export function createCongestion(input: CongestionInput): Congestion {
  const algorithm = algorithms[input.name];
  const { isPaced } = algorithm;
  const flow = newFlow(input);
  if (isPaced) bbrStart(flow);
  else updatePacingRate(flow, 0);
  const delivery = createDeliveryClock();
  const pacing: PacingClock = { nextNanos: 0 };
  let segmentsOut = 0;

  const rateOf = (sample: AckSample): Ack["rate"] =>
    sample.stamp && sampleDelivered(delivery, sample.stamp, sample.acked, sample.now, flow.minRttMicros ?? 0);

  return {
    name: input.name,
    sndbufFactor: algorithm.sndbufFactor,
    isPaced,
    cwnd: () => flow.cwndSegments,
    ssthresh: () => flow.ssthreshSegments,
    pacingRate: () => flow.pacingRate,
    quota: (inFlight) => cwndQuota(flow, inFlight),
    tsoSegments: () => tsoSegments(flow),
    smallQueueLimit: (truesize) => smallQueueLimit(flow, truesize, isPaced),
    departsAt: () => pacing.nextNanos,
    onSegment: (bytes, packetsOut, now) => {
      const segments = Math.ceil(bytes / flow.mssBytes);
      segmentsOut += segments;
      if (flow.state === "recovery") flow.prrOut += segments;
      if (isPaced) paceSent(pacing, flow, bytes, segmentsOut, now);
      return stampSent(delivery, packetsOut, now);
    },
    onSent: (sample) => {
      if (sample.isAppLimited) markAppLimited(delivery, sample.inFlight);
      validateWindow(flow, sample, isPaced);
    },
    onAck: (sample) => {
      flow.srttMicros = toMicros(sample.smoothedRtt);
      flow.minRttMicros = toMicros(sample.minRtt);
      acknowledge(flow, algorithm, { ...sample, rtt: toMicros(sample.rtt), rate: rateOf(sample) });
    },
    onRecovery: () => enterRecovery(flow, algorithm),
    onRecovered: () => leaveRecovery(flow, algorithm),
    onTimeout: (inFlight, now) => enterLoss(flow, algorithm, inFlight, now),
    onUndo: () => undoReduction(flow),
    onIdle: (idle, rto, now) => {
      algorithm.restarted?.(flow, now);
      if (!isPaced) restartAfterIdle(flow, idle, rto, now);
    },
  };
}
