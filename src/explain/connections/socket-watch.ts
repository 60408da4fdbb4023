// What is remembered of one socket: its last reading, since when it stands still, and a window of one to two seconds.
import type { ConnectionReading, NodeSide } from "../../snapshot/connection.js";
import { add } from "../delta.js";
import { inFlightOf, notSentOf, pendingOf } from "./figures.js";
import { countsSince, hasRead, hasSent, isFirstWord, type NodeCounts } from "./node-counts.js";
import { type SocketStep, socketStepOf } from "./socket-step.js";

/** A stretch of looks at one socket: the reading it began with, and the extremes since. */
export interface Stretch {
  readonly from: ConnectionReading;
  readonly fromAt: number;
  readonly looks: number;
  /** Looks at which bytes waited to be sent; at which the send buffer was two thirds full; cwnd used up; … */
  readonly wanting: number;
  readonly bufferFull: number;
  readonly windowFull: number;
  /** … at which one small segment was out and a part of another waited for its ACK. */
  readonly nagled: number;
  /** … at which more than a quarter of the window that is offered had arrived and was not read. */
  readonly unread: number;
  readonly leastPeerWindow?: number | undefined;
  readonly mostPeerWindow?: number | undefined;
  readonly leastOwnWindow?: number | undefined;
  readonly mostOwnWindow?: number | undefined;
  readonly mostRecvQ?: number | undefined;
  /** Part of the receive buffer in use, at most; more than 1 where it was shrunk. */
  readonly mostFilled?: number | undefined;
}

export interface SocketWatch {
  readonly firstAt: number;
  readonly last: ConnectionReading;
  readonly lastAt: number;
  /** The latest step; absent at the first look. */
  readonly step?: SocketStep | undefined;
  readonly older: Stretch;
  readonly newer: Stretch;
  /** Since when bytes wait to be acknowledged and none was. */
  readonly sendStillAt?: number | undefined;
  /** Since when bytes wait to be read and none was. */
  readonly unreadAt?: number | undefined;
  /** Since when only bytes behind a gap are held. */
  readonly holeAt?: number | undefined;
  /** Since when its receive buffer is found full at each look (UDP). */
  readonly fullAt?: number | undefined;
  /** Dropped in the last step, and before it as long as the buffer had just been found full: only then it shows why. */
  readonly lateDrops?: number | undefined;
  /** Since when it is seen in CLOSE-WAIT. */
  readonly closeWaitAt?: number | undefined;
  /** Since when Node's buffer is above its mark and does not fall, and from what size it grew. */
  readonly swelling?: { readonly at: number; readonly fromBytes: number } | undefined;
  /** The latest stretch of looks between which it had something to send for much of the time, and sent. */
  readonly pouring?: { readonly since: number; readonly until: number } | undefined;
  /** What Node last said of its side, and when. */
  readonly heard?: { readonly node: NodeSide; readonly at: number } | undefined;
  /** What Node had counted when it was first heard since nothing has moved. */
  readonly counts: NodeCounts;
  /** Round-trip times at the last three looks, µs, the newest last. */
  readonly rtts: readonly number[];
  /** The biggest window that the peer was seen to offer. */
  readonly peerWindowSeen?: number | undefined;
}

/** A window's length: after this it goes on from the middle. */
const stretchMs = 1000;

const least = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined ? b : b === undefined ? a : Math.min(a, b);
const most = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined ? b : b === undefined ? a : Math.max(a, b);

const isBufferFull = ({ mem }: ConnectionReading): boolean =>
  mem?.wmemQueued !== undefined && mem.sndbuf !== undefined && mem.wmemQueued >= (2 / 3) * mem.sndbuf;

const filledOf = ({ mem }: ConnectionReading): number | undefined =>
  mem?.rmemAlloc === undefined || !mem.rcvbuf ? undefined : mem.rmemAlloc / mem.rcvbuf;

const isCwndFull = (reading: ConnectionReading): boolean => {
  const flying = inFlightOf(reading);
  return flying !== undefined && reading.tcp?.cwnd !== undefined && flying >= 0.8 * reading.tcp.cwnd;
};

/** One segment out, less than one waiting: only Nagle's rule holds it back. */
const isNagled = (reading: ConnectionReading): boolean => {
  const notSent = notSentOf(reading) ?? 0;
  return reading.tcp?.unacked === 1 && notSent > 0 && notSent < (reading.tcp.sndMssBytes ?? 0);
};

const isUnread = ({ recvQBytes, tcp }: ConnectionReading): boolean =>
  recvQBytes !== undefined && tcp?.rcvWndBytes !== undefined && recvQBytes > tcp.rcvWndBytes / 4;

const begin = (reading: ConnectionReading, at: number): Stretch =>
  extend(
    { from: reading, fromAt: at, looks: 0, wanting: 0, bufferFull: 0, windowFull: 0, nagled: 0, unread: 0 },
    reading,
  );

/** Written out: this runs for every socket at every look, and copying by spread costs several times as much. */
const extend = (stretch: Stretch, reading: ConnectionReading): Stretch => ({
  from: stretch.from,
  fromAt: stretch.fromAt,
  looks: stretch.looks + 1,
  wanting: stretch.wanting + ((notSentOf(reading) ?? 0) > 0 ? 1 : 0),
  bufferFull: stretch.bufferFull + (isBufferFull(reading) ? 1 : 0),
  windowFull: stretch.windowFull + (isCwndFull(reading) ? 1 : 0),
  nagled: stretch.nagled + (isNagled(reading) ? 1 : 0),
  unread: stretch.unread + (isUnread(reading) ? 1 : 0),
  leastPeerWindow: least(stretch.leastPeerWindow, reading.tcp?.sndWndBytes),
  mostPeerWindow: most(stretch.mostPeerWindow, reading.tcp?.sndWndBytes),
  leastOwnWindow: least(stretch.leastOwnWindow, reading.tcp?.rcvWndBytes),
  mostOwnWindow: most(stretch.mostOwnWindow, reading.tcp?.rcvWndBytes),
  mostRecvQ: most(stretch.mostRecvQ, reading.recvQBytes),
  mostFilled: most(stretch.mostFilled, filledOf(reading)),
});

/** Part of the receive buffer in use from which nothing more fits. */
const fullShare = 0.75;

/** The receive buffer takes no more. */
export const isReceiveFull = ({ mem }: ConnectionReading): boolean =>
  mem?.rmemAlloc !== undefined && mem.rcvbuf !== undefined && mem.rmemAlloc >= fullShare * mem.rcvbuf;

/** Full for this long, it stays full: a rush is read, a block of the loop shows itself. A look's length, nearly. */
export const staysFullMs = 900;

const lateDropsOf = ({ fullAt, lastAt, lateDrops }: SocketWatch, step: SocketStep | undefined): number | undefined => {
  const wasOpen = fullAt !== undefined && lastAt - fullAt < staysFullMs;
  return wasOpen ? add(lateDrops, step?.drops) : step?.drops;
};

/** Bytes behind a gap: memory is in use although nothing can be read. A FIN that waits would look the same. */
const hasHole = ({ tcp, mem, recvQBytes, state }: ConnectionReading): boolean =>
  state === "ESTAB" && recvQBytes === 0 && (mem?.rmemAlloc ?? 0) > 0 && (tcp?.rcvOoopack ?? 0) > 0;

/** Goes on where it holds and nothing moved; begins anew where something did. */
const since = (before: number | undefined, holds: boolean, moved: boolean, at: number): number | undefined =>
  holds ? (moved ? at : (before ?? at)) : undefined;

const swellingOf = (watch: SocketWatch, { node }: ConnectionReading, at: number): SocketWatch["swelling"] => {
  const now = node?.writableLength;
  if (now === undefined) return undefined;
  const isAbove = now > (node?.writableHighWaterMark ?? 65_536);
  const fell = now < (watch.last.node?.writableLength ?? 0);
  if (!isAbove || fell) return undefined;
  return watch.swelling ?? { at, fromBytes: now };
};

/** Of the time between two looks, with something to send or in flight: less is a writer that writes now and then. */
const busyShare = 0.25;

const pouringOf = ({ pouring, lastAt }: SocketWatch, step: SocketStep | undefined, at: number) => {
  if (!step?.ackedBytes || step.busyMs === undefined || step.busyMs < busyShare * step.ms) return pouring;
  return { since: pouring?.until === lastAt ? pouring.since : lastAt, until: at };
};

/** The first look at a socket. */
export const beginWatch = (reading: ConnectionReading, at: number): SocketWatch => {
  const stretch = begin(reading, at);
  const heard = reading.node && { node: reading.node, at };
  const watch: SocketWatch = {
    firstAt: at,
    last: reading,
    lastAt: at,
    older: stretch,
    newer: stretch,
    heard,
    counts: {},
    rtts: [],
  };
  return next(watch, reading, undefined, at, stretch, stretch, heard);
};

const next = (
  watch: SocketWatch,
  reading: ConnectionReading,
  step: SocketStep | undefined,
  at: number,
  older: Stretch,
  newer: Stretch,
  heard: SocketWatch["heard"],
): SocketWatch => {
  const node = heard?.at === at ? heard.node : undefined;
  const acked = step?.ackedBytes ?? fellBy(watch.last, reading);
  const { counts } = watch;
  const sent = acked > 0 || hasSent(counts, reading, node) || isFirstWord(reading, counts.takenBytes, node?.takenBytes);
  const read =
    (step?.readBytes ?? 0) > 0 ||
    hasRead(counts, reading, node) ||
    isFirstWord(reading, counts.readBytes, node?.readBytes);
  const fillsGap = (step?.receivedBytes ?? 0) > 0;
  return {
    firstAt: watch.firstAt,
    last: reading,
    lastAt: at,
    step,
    older,
    newer,
    heard,
    sendStillAt: since(watch.sendStillAt, (pendingOf(reading) ?? 0) > 0, sent, at),
    unreadAt: since(watch.unreadAt, (reading.recvQBytes ?? 0) > 0, read, at),
    holeAt: since(watch.holeAt, hasHole(reading), fillsGap, at),
    fullAt: since(watch.fullAt, reading.transport === "udp" && isReceiveFull(reading), false, at),
    lateDrops: lateDropsOf(watch, step),
    closeWaitAt: since(watch.closeWaitAt, reading.state === "CLOSE-WAIT", false, at),
    swelling: swellingOf(watch, reading, at),
    pouring: pouringOf(watch, step, at),
    counts: countsSince(counts, node, { sent, read }),
    rtts: withNewest(watch.rtts, reading.tcp?.rttMicros),
    peerWindowSeen: most(watch.peerWindowSeen, reading.tcp?.sndWndBytes),
  };
};

const withNewest = (rtts: readonly number[], rtt: number | undefined): readonly number[] =>
  rtt ? [...rtts.slice(-2), rtt] : rtts;

/** The middle of the last three round-trip times, of two the lesser: one late packet is no queue. In µs. */
export const steadyRttOf = ({ rtts }: SocketWatch): number | undefined =>
  rtts.toSorted((a, b) => a - b)[rtts.length > 2 ? 1 : 0];

const fellBy = (before: ConnectionReading, after: ConnectionReading): number =>
  Math.max(0, (pendingOf(before) ?? 0) - (pendingOf(after) ?? 0));

/** Node's side is asked for less often than the kernel's; older than this it says nothing of now. */
const heardMs = 3000;

/** Folds the next look in. */
export const foldWatch = (watch: SocketWatch, given: ConnectionReading, at: number): SocketWatch => {
  const heard = given.node ? { node: given.node, at } : watch.heard;
  const isFresh = heard !== undefined && at - heard.at <= heardMs;
  const reading = given.node || !isFresh ? given : { ...given, node: heard.node };
  const step = socketStepOf(watch.last, reading, at - watch.lastAt);
  const isLong = watch.lastAt - watch.newer.fromAt >= stretchMs;
  const older = extend(isLong ? watch.newer : watch.older, reading);
  const newer = isLong ? extend(begin(watch.last, watch.lastAt), reading) : extend(watch.newer, reading);
  return next(watch, reading, step, at, older, newer, heard);
};
