// write(2) on a TCP socket (net/ipv4/tcp.c: tcp_sendmsg_locked): room is asked for only where a new skb begins.
import { flushBacklog } from "./ownership.js";
import { type Nagle, pushPending, writeOut } from "./output.js";
import { hasRoom } from "./send-buffer.js";
import { newSendSkb } from "./send-skb.js";
import { mostFrags, skbOverhead } from "./skb-size.js";
import { count, type PageFrag, type SendSkb, type Tcp } from "./tcp.js";
import { restartIfIdle } from "./transmit.js";
import { sizeGoalOf } from "./write-room.js";

/** skb_page_frag_refill's order-3 page, and the least that must be left of it. */
const pageBytes = 32_768;
const leastFragment = 32;
/** New skbs after which a long write lets in what has arrived meanwhile. */
const skbsBetweenFlushes = 16;

/** How much one skb of the send queue is filled with. */
export const sizeGoal = (tcp: Tcp): number =>
  sizeGoalOf({
    maxWindow: tcp.maxWindow,
    mss: tcp.mssCache,
    headerLength: tcp.headerLength,
    gsoMaxBytes: tcp.world.path.gsoMaxBytes,
  });

const refill = (pages: PageFrag): void => {
  if (pages.offset + leastFragment <= pageBytes) return;
  pages.page += 1;
  pages.offset = 0;
};

/** Copies up to `wanted` bytes behind what `skb` holds; 0: it has no fragment left for them. */
function append(tcp: Tcp, skb: SendSkb, wanted: number): number {
  const { pages } = tcp.world;
  refill(pages);
  const goesOn = skb.frags.length > 0 && skb.lastPage === pages.page && skb.lastOffset === pages.offset;
  if (!goesOn && skb.frags.length >= mostFrags) return 0;
  const bytes = Math.min(wanted, pageBytes - pages.offset);
  if (goesOn) skb.frags[skb.frags.length - 1]! += bytes;
  else skb.frags.push(bytes);
  pages.offset += bytes;
  skb.lastPage = pages.page;
  skb.lastOffset = pages.offset;
  skb.bytes += bytes;
  skb.end += bytes;
  skb.truesize += bytes;
  tcp.wmemQueued += bytes;
  tcp.writeSeq += bytes;
  return bytes;
}

const isPushForced = (tcp: Tcp): boolean => tcp.writeSeq > tcp.pushedSeq + (tcp.maxWindow >> 1);
function markPush(tcp: Tcp, skb: SendSkb): void {
  skb.push = true;
  tcp.pushedSeq = tcp.writeSeq;
}

/** The device still holds an earlier one: a small write waits for that (tcp_should_autocork). */
function isCorked(tcp: Tcp, skb: SendSkb, goal: number): boolean {
  if (skb.bytes >= goal || tcp.rtxQueue.length === 0 || tcp.wmemAlloc <= skb.truesize) return false;
  if (!tcp.isThrottled) count(tcp, "TCPAutoCorking");
  tcp.isThrottled = true;
  return true;
}

/** tcp_push. */
function push(tcp: Tcp, goal: number, nagle: Nagle): void {
  const tail = tcp.writeQueue.at(-1);
  if (!tail) return;
  markPush(tcp, tail);
  if (!isCorked(tcp, tail, goal)) pushPending(tcp, nagle);
}

function addSkb(tcp: Tcp): SendSkb {
  restartIfIdle(tcp);
  const skb = newSendSkb(tcp.writeSeq);
  tcp.writeQueue.push(skb);
  tcp.wmemQueued += skbOverhead;
  return skb;
}

/** A full skb leaves while the rest is copied. */
function pushFull(tcp: Tcp, skb: SendSkb): void {
  if (isPushForced(tcp)) {
    markPush(tcp, skb);
    pushPending(tcp, "push");
  } else if (skb === tcp.writeQueue[0]) writeOut(tcp, "push", "one");
}

/** No room and nobody waits: what was copied leaves, and whoever asks is told when there is room. */
function giveUp(tcp: Tcp, goal: number, copied: number): void {
  tcp.isNoSpace = true;
  if (copied > 0) push(tcp, goal, "push");
  tcp.isNoSpace = true;
  if (copied > 0) push(tcp, goal, tcp.isNodelay ? "off" : "nagle");
}

/** Queues up to `bytes` and sends what may go; returns how many were taken. The caller owns the socket. */
export function sendMessage(tcp: Tcp, bytes: number): number {
  let goal = sizeGoal(tcp);
  let copied = 0;
  let begun = 0;
  let needsNew = false;
  while (copied < bytes) {
    let skb = tcp.writeQueue.at(-1);
    if (needsNew || !skb || skb.bytes >= goal) {
      if (!hasRoom(tcp)) {
        giveUp(tcp, goal, copied);
        return copied;
      }
      if (begun >= skbsBetweenFlushes) {
        begun = 0;
        if (flushBacklog(tcp)) {
          goal = sizeGoal(tcp);
          continue;
        }
      }
      skb = addSkb(tcp);
      begun += 1;
      needsNew = false;
    }
    const added = append(tcp, skb, Math.min(goal - skb.bytes, bytes - copied));
    if (added === 0) {
      markPush(tcp, skb);
      needsNew = true;
      continue;
    }
    copied += added;
    if (copied < bytes && skb.bytes >= goal) pushFull(tcp, skb);
  }
  push(tcp, goal, tcp.isNodelay ? "off" : "nagle");
  return copied;
}
