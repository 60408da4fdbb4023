// CUBIC in the kernel's integer arithmetic (net/ipv4/tcp_cubic.c): W(t) = C·(t − K)³ + W_max, time in 1/1024 s.
import { type Ack, type Algorithm, type Flow, isInSlowStart } from "./flow.js";
import { hystart, hystartLowWindow } from "./hystart.js";
import { increase, isCwndLimited, slowStart } from "./window.js";

/** A kernel tick (HZ 250), which cubic's clock counts in. */
export const tickNanos = 4e6;
const ticksPerSecond = 250;
const beta = 717;
const betaScale = 1024;
/** C in units of 2⁻⁴⁰ segments per (1/1024 s)³: bic_scale · 10. */
const rttScale = 410n;
const cubeFactor = (1n << 40n) / rttScale;
const friendlyScale = Math.floor((8 * (betaScale + beta)) / 3 / (betaScale - beta));

export interface CubicState {
  /** Segments delivered for one of growth (cnt). */
  perSegments: number;
  lastMaxCwnd: number;
  lastCwnd: number;
  lastTick: number;
  /** undefined: growth starts anew. */
  epochTick: number | undefined;
  originSegments: number;
  /** K, 1/1024 s. */
  plateau: number;
  delayMinMicros: number;
  ackCount: number;
  renoCwnd: number;
  /** HyStart's round. */
  roundStartMicros: number;
  roundEndSequence: number;
  lastAckMicros: number;
  roundRttMicros: number;
  roundSamples: number;
  hasLeftSlowStart: boolean;
}

export const createCubic = (): CubicState => ({
  perSegments: 1,
  lastMaxCwnd: 0,
  lastCwnd: 0,
  lastTick: -1,
  epochTick: undefined,
  originSegments: 0,
  plateau: 0,
  delayMinMicros: 0,
  ackCount: 0,
  renoCwnd: 0,
  roundStartMicros: 0,
  roundEndSequence: 0,
  lastAckMicros: 0,
  roundRttMicros: Number.POSITIVE_INFINITY,
  roundSamples: 0,
  hasLeftSlowStart: false,
});

/** The integer cube root, by Newton's method from above. */
export function cubeRoot(value: bigint): bigint {
  if (value < 2n) return value;
  let root = 1n << BigInt(Math.ceil(value.toString(2).length / 3));
  for (;;) {
    const next = (2n * root + value / (root * root)) / 3n;
    if (next >= root) return root;
    root = next;
  }
}

function startEpoch(cubic: CubicState, cwnd: number, delivered: number, tick: number): void {
  cubic.epochTick = tick;
  cubic.ackCount = delivered;
  cubic.renoCwnd = cwnd;
  const isAbove = cubic.lastMaxCwnd <= cwnd;
  cubic.plateau = isAbove ? 0 : Number(cubeRoot(cubeFactor * BigInt(cubic.lastMaxCwnd - cwnd)));
  cubic.originSegments = isAbove ? cwnd : cubic.lastMaxCwnd;
}

/** The window the cubic wants one smallest round trip from now. */
function target(cubic: CubicState, tick: number): number {
  const sinceTicks = tick - cubic.epochTick! + Math.ceil((cubic.delayMinMicros * 1000) / tickNanos);
  const time = Math.floor((sinceTicks * 1024) / ticksPerSecond);
  const away = BigInt(Math.abs(time - cubic.plateau));
  const change = Number((rttScale * away * away * away) >> 40n);
  return time < cubic.plateau ? cubic.originSegments - change : cubic.originSegments + change;
}

/** No slower than reno would be. */
function befriend(cubic: CubicState, cwnd: number): void {
  const perReno = (cwnd * friendlyScale) >> 3;
  if (perReno > 0 && cubic.ackCount > perReno) {
    const whole = Math.ceil(cubic.ackCount / perReno) - 1;
    cubic.ackCount -= whole * perReno;
    cubic.renoCwnd += whole;
  }
  if (cubic.renoCwnd > cwnd)
    cubic.perSegments = Math.min(cubic.perSegments, Math.floor(cwnd / (cubic.renoCwnd - cwnd)));
}

/** bictcp_update: how many delivered segments one of growth costs. */
function update(flow: Flow, delivered: number, nowNanos: number): void {
  const { cubic, cwndSegments: cwnd } = flow;
  const tick = Math.floor(nowNanos / tickNanos);
  cubic.ackCount += delivered;
  const isRecent = cubic.lastCwnd === cwnd && tick - cubic.lastTick <= ticksPerSecond >> 5;
  if (isRecent) return;
  if (cubic.epochTick === undefined || tick !== cubic.lastTick) {
    cubic.lastCwnd = cwnd;
    cubic.lastTick = tick;
    if (cubic.epochTick === undefined) startEpoch(cubic, cwnd, delivered, tick);
    const wanted = target(cubic, tick);
    cubic.perSegments = wanted > cwnd ? Math.floor(cwnd / (wanted - cwnd)) : 100 * cwnd;
    if (cubic.lastMaxCwnd === 0) cubic.perSegments = Math.min(cubic.perSegments, 20);
  }
  befriend(cubic, cwnd);
  cubic.perSegments = Math.max(cubic.perSegments, 2);
}

function avoid(flow: Flow, ack: Ack): void {
  if (!isCwndLimited(flow)) return;
  const left = isInSlowStart(flow) ? slowStart(flow, ack.acked) : ack.acked;
  if (left === 0) return;
  update(flow, left, ack.now);
  increase(flow, flow.cubic.perSegments, left);
}

function ssthresh(flow: Flow): number {
  const { cubic, cwndSegments: cwnd } = flow;
  cubic.epochTick = undefined;
  const isConverging = cwnd < cubic.lastMaxCwnd;
  cubic.lastMaxCwnd = isConverging ? Math.floor((cwnd * (betaScale + beta)) / (2 * betaScale)) : cwnd;
  return Math.max(Math.floor((cwnd * beta) / betaScale), 2);
}

function measured(flow: Flow, ack: Ack): void {
  const { cubic } = flow;
  const tick = Math.floor(ack.now / tickNanos);
  if (cubic.epochTick !== undefined && tick - cubic.epochTick < ticksPerSecond) return;
  const delay = Math.max(1, ack.rtt!);
  if (cubic.delayMinMicros === 0 || cubic.delayMinMicros > delay) cubic.delayMinMicros = delay;
  if (!cubic.hasLeftSlowStart && isInSlowStart(flow) && flow.cwndSegments >= hystartLowWindow)
    hystart(flow, ack, delay);
}

/** A silence is not time that has passed for the curve (CA_EVENT_TX_START). */
function restarted(flow: Flow, nowNanos: number): void {
  const { cubic } = flow;
  const tick = Math.floor(nowNanos / tickNanos);
  if (cubic.epochTick !== undefined && tick > cubic.lastTick)
    cubic.epochTick = Math.min(tick, cubic.epochTick + tick - cubic.lastTick);
}

export const cubic: Algorithm = {
  sndbufFactor: 2,
  isPaced: false,
  ssthresh,
  avoid,
  measured,
  restarted,
  timedOut: (flow) => void Object.assign(flow.cubic, createCubic()),
};
