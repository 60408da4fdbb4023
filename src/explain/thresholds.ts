// Every number the explainer compares with, each with its reason. All of them are options of start().

import { type ConnectionThresholds, connectionThresholds } from "./connections/thresholds.js";
import { type NetworkThresholds, networkThresholds } from "./network/thresholds.js";

export interface Thresholds extends ConnectionThresholds, NetworkThresholds {
  /** Part of the accept queue's capacity (limit + 1) from which it counts as pressed. Contract: three quarters. */
  readonly pressedShare: number;
  /** How long it must stay pressed, without a drop, to be worth a finding: shorter rushes end by themselves. */
  readonly pressureMs: number;
  /** `accept-wait` needs this many connections: fewer may be one slow client's sockets. */
  readonly waitConnections: number;
  /** … and this 95th percentile: what a person notices, and half of the first SYN retry. */
  readonly waitP95Ms: number;
  /** `abandoned-in-queue` needs this many peers gone before accept. */
  readonly abandonedPeers: number;
  /** A peer counts as gone in the queue only after this wait: health checks connect and close at once, so into a
   * shorter pause they would look the same. */
  readonly abandonedWaitMs: number;
  /** A unix listener has no drop counter: standing full this long, clients were turned away or held. */
  readonly unixFullMs: number;
  /** Stopped, throttled, starved: the part of the pressed time from which it is the cause. */
  readonly mainShare: number;
  /** Shares of less than this are scheduling noise. */
  readonly noiseMs: number;
  /** Waits for a CPU of less than this come and go on every busy machine. */
  readonly starvedMs: number;
  /** One loop iteration of this length is a block. */
  readonly blockedMs: number;
  /** … unless such iterations are less than this part of the pressed time: one long garbage collection in a
   * minute of pressure is not its cause. */
  readonly blockedMinShare: number;
  /** `not-accepting`: this many iterations with the same connection at the head of the queue. libuv accepts one
   * connection an iteration, so a listener that is watched cannot show this. */
  readonly notAcceptingIterations: number;
  /** … or the loop slept this long in epoll_wait while connections waited. */
  readonly notAcceptingIdleMs: number;
  /** `event-loop-saturated`: the loop turned this long with hardly any idle time. */
  readonly saturatedMs: number;
  /** Hardly any: at most this part. While the queue is not empty epoll_wait returns at once, so a loop that does
   * not keep up shows next to none. */
  readonly saturatedIdleShare: number;
  /** Mean busy time an iteration up to which the loop counts as healthy in a burst: well below what fills a queue. */
  readonly healthyIterationMs: number;
  /** The observer's own lateness counts as a stop of the process from here: timers are late by a few tens of ms. */
  readonly gapMs: number;
  /** How long a symptom waits for its cause before it is reported as `unknown`: less than one reporting interval,
   * longer than a block (200 ms) or a short rush takes to show itself. */
  readonly undecidedMs: number;
  /** Quiet time after which a finding is resolved: Linux repeats SYNs after 1, 2, 3, 4, 5, 7 and 11 s, the longest
   * gap among them being 4.3 s, so a repeat still belongs to it. */
  readonly resolveMs: number;
  /** … which grows with the time over which drops recurred (11 s to 19.6 s is a gap of 8.2 s) up to this. */
  readonly resolveMaxMs: number;
  /** Quiet time of a finding without drops: nobody repeats anything. */
  readonly resolvePressureMs: number;
  /** Ghosts are gone when no cookie ACK met a full queue for this long (cookies are valid for two minutes). */
  readonly ghostQuietMs: number;
  /** Connections seen to be shed before it is reported: a single one may be a client that left. */
  readonly shedConnections: number;
  /** Free descriptors up to which the limit counts as reached: libuv keeps a spare, readers of /proc come and go. */
  readonly fdMargin: number;
  /** Part of the handshakes that must complete for a full SYN queue to be a rush of honest clients. */
  readonly synCompleteShare: number;
  /** How long handshakes are given to complete before that is judged: a round trip and the first retry. */
  readonly synDecideMs: number;
  /** An overflow is critical from this many clients … */
  readonly criticalClients: number;
  /** … or from this much time with a pressed queue. */
  readonly criticalMs: number;
}

export const defaultThresholds: Thresholds = {
  pressedShare: 0.75,
  pressureMs: 1000,
  waitConnections: 5,
  waitP95Ms: 500,
  abandonedPeers: 3,
  abandonedWaitMs: 500,
  unixFullMs: 200,
  mainShare: 0.5,
  noiseMs: 50,
  starvedMs: 100,
  blockedMs: 200,
  blockedMinShare: 0.1,
  notAcceptingIterations: 10,
  notAcceptingIdleMs: 500,
  saturatedMs: 1000,
  saturatedIdleShare: 0.1,
  healthyIterationMs: 25,
  gapMs: 100,
  undecidedMs: 900,
  resolveMs: 5000,
  resolveMaxMs: 10_000,
  resolvePressureMs: 2000,
  ghostQuietMs: 120_000,
  shedConnections: 3,
  fdMargin: 1,
  synCompleteShare: 0.5,
  synDecideMs: 900,
  criticalClients: 100,
  criticalMs: 10_000,
  ...connectionThresholds,
  ...networkThresholds,
};
