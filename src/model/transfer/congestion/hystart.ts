// HyStart: leaves slow start before the queue overflows, when ACKs come in a long train or round trips grow
// (net/ipv4/tcp_cubic.c: hystart_update).
import { gsoMaxBytes } from "../write-room.js";
import type { Ack, Flow } from "./flow.js";

export const hystartLowWindow = 16;
const ackDeltaMicros = 2000;
const enoughSamples = 8;

const delayMargin = (micros: number): number => Math.min(16_000, Math.max(4000, micros >> 3));

/** What aggregation may add to a train, at most 1 ms (hystart_ack_delay). */
const ackDelayMicros = (pacingRate: number): number =>
  pacingRate === 0 ? 0 : Math.min(1000, Math.floor((gsoMaxBytes * 4 * 1e6) / pacingRate));

export function hystart(flow: Flow, ack: Ack, rttMicros: number): void {
  const { cubic } = flow;
  const nowMicros = Math.floor(ack.now / 1000);
  if (ack.una > cubic.roundEndSequence) {
    cubic.roundStartMicros = nowMicros;
    cubic.lastAckMicros = nowMicros;
    cubic.roundEndSequence = ack.nxt;
    cubic.roundRttMicros = Number.POSITIVE_INFINITY;
    cubic.roundSamples = 0;
  }
  const leave = (): void => {
    cubic.hasLeftSlowStart = true;
    flow.ssthreshSegments = flow.cwndSegments;
  };
  if (nowMicros - cubic.lastAckMicros <= ackDeltaMicros) {
    cubic.lastAckMicros = nowMicros;
    // Without pacing half the round trip is enough: the window leaves in one burst.
    const threshold = Math.floor((cubic.delayMinMicros + ackDelayMicros(flow.pacingRate)) / 2);
    if (nowMicros - cubic.roundStartMicros > threshold) leave();
  }
  cubic.roundRttMicros = Math.min(cubic.roundRttMicros, rttMicros);
  if (cubic.roundSamples < enoughSamples) cubic.roundSamples += 1;
  else if (cubic.roundRttMicros > cubic.delayMinMicros + delayMargin(cubic.delayMinMicros)) leave();
}
