// The two ends of an established connection.
import { createCongestion } from "./congestion/create.js";
import type { CongestionName } from "./congestion.js";
import {
  acknowledgedWindow,
  type Buffer,
  establishedClamp,
  type FirstWindow,
  firstRcvMss,
  firstWindow,
  segmentSizes,
} from "./handshake.js";
import { receive } from "./receive.js";
import { firstScalingRatio } from "./receive-window.js";
import { measureRtt } from "./rtt.js";
import type { Side } from "./scenario.js";
import { boundToHalfWindow } from "./write-room.js";
import { expandSndbuf } from "./send-buffer.js";
import { type AckState, nanosPerTick, type Tcp, type World } from "./tcp.js";
import { createWaitQueue } from "./wait-queue.js";

export interface EndOptions {
  readonly sndbuf: Buffer;
  readonly rcvbuf: Buffer;
  readonly congestion: CongestionName;
  readonly isNodelay: boolean;
  /** Infinity: none. */
  readonly notsentLowat: number;
  /** Seconds; 0: none. */
  readonly userTimeout: number;
}

const unsent = {
  sndUna: 0,
  sndNxt: 0,
  writeSeq: 0,
  pushedSeq: 0,
  sndWl1: 0,
  sndSml: 0,
  wmemQueued: 0,
  wmemAlloc: 0,
  isThrottled: false,
  isNoSpace: false,
  isWriteShut: false,
  packetsOut: 0,
  sackedOut: 0,
  lostOut: 0,
  retransOut: 0,
  delivered: 0,
  isPacing: false,
  isWindowLimited: false,
} as const;

const undisturbed = {
  srtt: 0,
  mdev: 0,
  mdevMax: 0,
  rttvar: 0,
  rttSeq: 0,
  rto: 250,
  backoff: 0,
  retransmits: 0,
  probesOut: 0,
  probesSince: undefined,
  retransStamp: undefined,
  recovery: "open",
  highSeq: 0,
  rackSentAt: 0,
  rackEnd: 0,
  rackRtt: 0,
  isReorderTimerSet: false,
  tlpHighSeq: undefined,
  pending: undefined,
  timer: undefined,
} as const;

const unreceived = {
  rcvNxt: 0,
  rcvWup: 0,
  copiedSeq: 0,
  lastSegmentSize: 0,
  rmemAlloc: 0,
  forwardAlloc: 0,
  isEof: false,
  drops: 0,
  lastOutsideTick: undefined,
  recentStamp: undefined,
  lastEcho: undefined,
  rcvRtt: 0,
  rcvRttSeq: 0,
  rcvRttAt: undefined,
  spaceSeq: 0,
} as const;

const firstAckState = (tick: number): AckState => ({
  isScheduled: false,
  isNow: false,
  isNoMemory: false,
  pushed: 0,
  quick: 0,
  pingpong: 0,
  ato: 0,
  lastReceivedTick: tick,
  timer: undefined,
  timeoutTick: 0,
  isDeferred: false,
});

interface Peers {
  readonly own: FirstWindow;
  /** What this end now offers, and what the other does. */
  readonly rcvWnd: number;
  readonly sndWnd: number;
}

function createEnd(world: World, side: Side, options: EndOptions, { own, rcvWnd, sndWnd }: Peers): Tcp {
  const { mssClamp, headerLength, mss, advmss } = segmentSizes(world.path.mtu);
  const windowClamp = establishedClamp(options.rcvbuf.bytes, own.clamp, advmss);
  const rcvSsthresh = Math.min(own.offered, windowClamp);
  const mssCache = boundToHalfWindow(sndWnd, mss, headerLength);
  const now = world.engine.now();
  const tcp: Tcp = {
    ...unsent,
    ...undisturbed,
    ...unreceived,
    side,
    world,
    waitQueue: createWaitQueue(),
    congestion: createCongestion({ name: options.congestion, mss: mssCache, rtt: world.leastRtt }),
    isSndbufLocked: options.sndbuf.isLocked,
    isRcvbufLocked: options.rcvbuf.isLocked,
    notsentLowat: options.notsentLowat,
    isNodelay: options.isNodelay,
    userTimeout: Math.ceil((options.userTimeout * 1e9) / nanosPerTick),
    advmss,
    mssClamp,
    headerLength,
    rcvWscale: own.scale,
    isClosed: false,
    closedAt: undefined,
    isReadShut: false,
    memory: world.hosts[side].memory,
    heardAt: now,
    unhash: () => undefined,
    isOwned: false,
    isPushDeferred: false,
    backlog: [],
    backlogTruesize: 0,
    error: undefined,
    sndWnd,
    maxWindow: sndWnd,
    mssCache,
    writeQueue: [],
    rtxQueue: [],
    sndbuf: options.sndbuf.bytes,
    lastSentAt: now,
    minRtt: world.leastRtt,
    rcvWnd,
    rcvSsthresh,
    windowClamp,
    scalingRatio: firstScalingRatio,
    rcvMss: firstRcvMss(Math.min(advmss, mssCache), rcvWnd),
    rcvbuf: options.rcvbuf.bytes,
    rcvLowat: 1,
    receiveQueue: [],
    outOfOrder: [],
    sacks: [],
    ack: firstAckState(world.wheel.ticks()),
    spaceBytes: Math.min(rcvSsthresh, rcvWnd, 10 * advmss),
    spaceAt: now,
  };
  tcp.memory.sockets += 1;
  measureRtt(tcp, world.leastRtt);
  expandSndbuf(tcp);
  tcp.unhash = world.path.onArrival(side, (skb) => receive(tcp, skb));
  return tcp;
}

/** A connection whose handshake is over: `sender` has connected, `receiver` was accepted. */
export function connect(world: World, ends: Readonly<Record<Side, EndOptions>>): Readonly<Record<Side, Tcp>> {
  const { mssClamp, mss, advmss } = segmentSizes(world.path.mtu);
  const client = firstWindow(ends.sender.rcvbuf, mssClamp, world.rmemMax);
  const server = firstWindow(ends.receiver.rcvbuf, mss, world.rmemMax);
  const clientSsthresh = Math.min(client.offered, establishedClamp(ends.sender.rcvbuf.bytes, client.clamp, advmss));
  const clientWindow = acknowledgedWindow(clientSsthresh, client.offered, client.scale);
  return {
    sender: createEnd(world, "sender", ends.sender, {
      own: client,
      rcvWnd: clientWindow,
      sndWnd: Math.min(server.offered, 65_535),
    }),
    receiver: createEnd(world, "receiver", ends.receiver, {
      own: server,
      rcvWnd: server.offered,
      sndWnd: clientWindow,
    }),
  };
}
