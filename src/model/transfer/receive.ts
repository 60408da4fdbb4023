// What becomes of an arriving segment (net/ipv4/tcp_input.c: tcp_validate_incoming, tcp_data_queue, tcp_rcv_established).
import { acknowledge } from "./ack.js";
import { checkAck, enterQuickAcks, noteArrival, sendAck } from "./ack-policy.js";
import { close } from "./close.js";
import { drainOutOfOrder, queueOutOfOrder } from "./out-of-order.js";
import { pushPending } from "./output.js";
import { measureByEcho, measureByWindow } from "./receive-autotune.js";
import { enqueue, reserve } from "./receive-queue.js";
import { growWindow, receiveWindow, setWindowClamp, windowFromSpace } from "./receive-window.js";
import type { Skb } from "./segment.js";
import { checkSpace } from "./send-buffer.js";
import { isPressed, take } from "./socket-memory.js";
import { count, type ReceivedSkb, type Tcp } from "./tcp.js";
import { transmitReset } from "./transmit.js";
import { poll } from "./wait-queue.js";

/** The sender's packet size, and from it how much of the buffer payload can fill (tcp_measure_rcv_mss). */
function measureMss(tcp: Tcp, skb: Skb): void {
  const last = tcp.lastSegmentSize;
  tcp.lastSegmentSize = 0;
  const { mss, bytes, truesize, segment } = skb;
  if (mss >= tcp.rcvMss) {
    if (mss !== tcp.rcvMss) {
      const ratio = Math.min(255, Math.max(1, Math.floor((bytes * 256) / truesize)));
      if (ratio !== tcp.scalingRatio) {
        tcp.scalingRatio = ratio;
        setWindowClamp(tcp, windowFromSpace(tcp.rcvbuf, ratio));
        tcp.spaceBytes = Math.min(tcp.spaceBytes, tcp.windowClamp);
      }
    }
    tcp.rcvMss = Math.min(mss, tcp.advmss);
    if (segment.push) tcp.ack.pushed = Math.max(tcp.ack.pushed, 1);
    return;
  }
  if (mss + 32 >= 556 || (mss + 32 >= 108 && !segment.push)) {
    const size = mss;
    tcp.lastSegmentSize = size;
    if (size === last) {
      tcp.rcvMss = size;
      return;
    }
  }
  tcp.ack.pushed = tcp.ack.pushed > 0 ? 2 : 1;
}

/** tcp_event_data_recv. */
function noteData(tcp: Tcp, skb: Skb): void {
  tcp.ack.isScheduled = true;
  measureMss(tcp, skb);
  measureByWindow(tcp, tcp.world.engine.now());
  noteArrival(tcp);
  if (skb.bytes < 128) return;
  const ownHead = skb.freedWhenMerged !== undefined && skb.truesize - skb.freedWhenMerged >= skb.bytes;
  growWindow(tcp, skb.bytes, ownHead ? skb.truesize - skb.freedWhenMerged : skb.truesize);
}

/** tcp_rmem_pressure. */
const isMemoryShort = (tcp: Tcp): boolean => isPressed(tcp) || tcp.rmemAlloc > tcp.rcvbuf - (tcp.rcvbuf >> 3);

/** There is enough to read, or no room for much more (tcp_epollin_ready). */
export const isReadable = (tcp: Tcp): boolean => {
  const queued = tcp.rcvNxt - tcp.copiedSeq;
  if (queued <= 0 || tcp.isEof) return tcp.isEof;
  return queued >= tcp.rcvLowat || isMemoryShort(tcp) || receiveWindow(tcp) <= tcp.rcvMss;
};

const drop = (tcp: Tcp): void => {
  tcp.drops += 1;
  tcp.world.note(tcp.side, "dropped");
};

function dropOutOfWindow(tcp: Tcp): void {
  enterQuickAcks(tcp);
  tcp.ack.isScheduled = true;
  drop(tcp);
}

function queueInOrder(tcp: Tcp, skb: Skb, queued: ReceivedSkb): void {
  if (!reserve(tcp, queued.seq, queued.truesize)) {
    tcp.ack.isNoMemory = true;
    tcp.ack.isNow = true;
    tcp.ack.isScheduled = true;
    tcp.waitQueue.wake(poll.in);
    if (tcp.receiveQueue.length > 0 && skb.bytes > 0) {
      count(tcp, "TCPRcvQDrop");
      drop(tcp);
      return;
    }
    take(tcp, queued.truesize, true);
  }
  enqueue(tcp, queued);
  if (skb.bytes > 0) noteData(tcp, skb);
  drainOutOfOrder(tcp);
  if (tcp.receiveQueue.at(-1)?.fin && !tcp.isEof) {
    tcp.isEof = true;
    tcp.ack.isScheduled = true;
    tcp.world.note(tcp.side, "fin-received");
    tcp.waitQueue.wake(0);
  }
  if (isReadable(tcp)) tcp.waitQueue.wake(poll.in);
}

/** tcp_data_queue. */
function queueData(tcp: Tcp, skb: Skb): void {
  const { segment } = skb;
  const fin = segment.fin && skb.seq + skb.bytes === segment.seq + segment.bytes;
  const end = skb.seq + skb.bytes + (fin ? 1 : 0);
  if (end === skb.seq) return;
  const window = receiveWindow(tcp);
  if (end <= tcp.rcvNxt) {
    count(tcp, "DelayedACKLost");
    dropOutOfWindow(tcp);
    return;
  }
  if (skb.seq > tcp.rcvNxt && skb.seq >= tcp.rcvNxt + window) {
    dropOutOfWindow(tcp);
    return;
  }
  const original = segment.original;
  const queued: ReceivedSkb = {
    seq: Math.max(skb.seq, skb.seq <= tcp.rcvNxt ? tcp.rcvNxt : 0),
    end,
    truesize: skb.truesize,
    frags: skb.frags,
    tailroom: skb.tailroom,
    fin,
    freedWhenMerged: skb.freedWhenMerged,
    isShared: () => skb.isShared && original?.isHeld === true,
  };
  if (skb.seq > tcp.rcvNxt) {
    queueOutOfOrder(tcp, queued, skb.bytes);
    return;
  }
  if (window === 0 && !(skb.bytes === 0 && fin)) {
    count(tcp, "TCPZeroWindowDrop");
    dropOutOfWindow(tcp);
    return;
  }
  queueInOrder(tcp, skb, queued);
}

/** Answers what lies outside the window with an ACK, bare segments at most twice a second (tcp_send_dupack). */
function answerOutside(tcp: Tcp, skb: Skb): void {
  if (skb.bytes === 0) {
    const tick = tcp.world.wheel.ticks();
    if (tcp.lastOutsideTick !== undefined && tick - tcp.lastOutsideTick < 125) {
      count(tcp, "TCPACKSkippedSeq");
      return;
    }
    tcp.lastOutsideTick = tick;
  } else if (skb.seq < tcp.rcvNxt) {
    count(tcp, "DelayedACKLost");
    enterQuickAcks(tcp);
  }
  sendAck(tcp);
}

/** The numbers lie in the window (tcp_sequence of 6.17 and later). */
function isAcceptable(tcp: Tcp, skb: Skb): boolean {
  const end = skb.seq + skb.bytes;
  if (end < tcp.rcvWup) return false;
  const limit = tcp.rcvNxt + receiveWindow(tcp);
  if (end <= limit) return true;
  if (skb.seq <= limit && tcp.receiveQueue.length === 0) return true;
  count(tcp, "BeyondWindow");
  return false;
}

/** Data for a socket that no process holds any more (tcp_rcv_state_process: FIN_WAIT1, FIN_WAIT2). */
function refuse(tcp: Tcp): void {
  count(tcp, "TCPAbortOnData");
  transmitReset(tcp);
  close(tcp, undefined);
}

/** tcp_rcv_established. */
export function process(tcp: Tcp, skb: Skb): void {
  if (tcp.isClosed) return;
  const { segment } = skb;
  if (!isAcceptable(tcp, skb)) {
    if (!segment.rst) answerOutside(tcp, skb);
    drop(tcp);
    return;
  }
  if (segment.rst) {
    count(tcp, "EstabResets");
    close(tcp, "ECONNRESET");
    return;
  }
  if (!acknowledge(tcp, segment)) return;
  if (skb.seq <= tcp.rcvWup) tcp.recentStamp = segment.sentAt;
  if (tcp.isReadShut && skb.seq + skb.bytes > tcp.rcvNxt) {
    refuse(tcp);
    return;
  }
  if (skb.bytes > 0) measureByEcho(tcp, tcp.world.engine.now(), segment.echo, skb.bytes);
  queueData(tcp, skb);
  pushPending(tcp);
  checkSpace(tcp);
  checkAck(tcp);
}

const isPureAck = ({ bytes, segment }: Skb): boolean =>
  bytes === 0 && !segment.fin && !segment.rst && segment.sack.length === 0;

/** While a system call owns the socket: bare ACKs join the one before (tcp_add_backlog). */
function addToBacklog(tcp: Tcp, skb: Skb): void {
  const tail = tcp.backlog.at(-1);
  if (tail && isPureAck(tail) && isPureAck(skb) && tail.seq === skb.seq && skb.segment.ack >= tail.segment.ack) {
    tcp.backlog[tcp.backlog.length - 1] = skb;
    return;
  }
  const limit = 2 * tcp.rcvbuf + (tcp.sndbuf >> 1) + 65_536;
  if (tcp.backlogTruesize + tcp.rmemAlloc > limit) {
    count(tcp, "TCPBacklogDrop");
    drop(tcp);
    return;
  }
  tcp.backlog.push(skb);
  tcp.backlogTruesize += skb.truesize;
}

/** tcp_v4_rcv: in softirq context. */
export const receive = (tcp: Tcp, skb: Skb): void => (tcp.isOwned ? addToBacklog(tcp, skb) : process(tcp, skb));
