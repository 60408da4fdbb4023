// System calls on an end of a connection (net/ipv4/tcp.c): what programs use.
import { checkWindowUpdate } from "./ack-policy.js";
import { close } from "./close.js";
import { sendFin } from "./fin.js";
import { owning } from "./ownership.js";
import { isReadable } from "./receive.js";
import { adjustSpace } from "./receive-autotune.js";
import { release } from "./receive-queue.js";
import { sendMessage } from "./send.js";
import { hasRoom, isWritable } from "./send-buffer.js";
import { errno, type StreamSocket } from "./stream-socket.js";
import { count, type Tcp } from "./tcp.js";
import { transmitReset } from "./transmit.js";
import { poll } from "./wait-queue.js";

const payloadEnd = ({ end, fin }: { end: number; fin: boolean }): number => end - (fin ? 1 : 0);

/** Bytes in order and unread (tcp_inq). */
export const queuedBytes = (tcp: Tcp): number => {
  const tail = tcp.receiveQueue.at(-1);
  return tail ? payloadEnd(tail) - tcp.copiedSeq : 0;
};

/** Copies up to `bytes`; an skb's memory is freed with its last byte (tcp_recvmsg_locked). */
function copy(tcp: Tcp, bytes: number): number {
  let copied = 0;
  let freed = 0;
  const now = tcp.world.engine.now();
  for (const skb of tcp.receiveQueue) {
    const used = Math.min(payloadEnd(skb) - tcp.copiedSeq, bytes - copied);
    tcp.copiedSeq += used;
    copied += used;
    adjustSpace(tcp, now);
    if (tcp.copiedSeq < payloadEnd(skb)) break;
    if (skb.fin) tcp.copiedSeq += 1;
    release(tcp, skb.truesize);
    freed += 1;
    if (copied >= bytes) break;
  }
  tcp.receiveQueue.splice(0, freed);
  return copied;
}

const receiveBytes = (tcp: Tcp, bytes: number): number =>
  owning(tcp, () => {
    const copied = copy(tcp, bytes);
    if (!tcp.isClosed) checkWindowUpdate(tcp, copied);
    return copied;
  });

function pollEvents(tcp: Tcp): number {
  let events = 0;
  if (tcp.isEof || tcp.isClosed) events |= poll.in | poll.rdhup;
  if (tcp.isClosed || (tcp.isEof && tcp.isWriteShut)) events |= poll.hup;
  if (tcp.error !== undefined) events |= poll.err;
  if (isReadable(tcp)) events |= poll.in;
  if (tcp.isWriteShut || isWritable(tcp)) return events | poll.out;
  tcp.isNoSpace = true;
  return events;
}

function reset(tcp: Tcp, counter: "TCPAbortOnClose" | "TCPAbortOnMemory"): void {
  count(tcp, counter);
  transmitReset(tcp);
}

/** What nobody holds and is not done yet; too many of them, and it is reset (tcp_check_oom, tcp_too_many_orphans). */
function orphan(tcp: Tcp): void {
  const { orphans, mostOrphans } = tcp.world.hosts[tcp.side];
  if (tcp.isClosed) return;
  orphans.add(tcp);
  for (const one of orphans) if (one.isClosed || one.sndUna === one.writeSeq) orphans.delete(one);
  if (orphans.size <= mostOrphans) return;
  reset(tcp, "TCPAbortOnMemory");
  close(tcp, undefined);
  orphans.delete(tcp);
}

/** close(2): with unread data a reset, else a FIN (tcp_close). */
export function closeSocket(tcp: Tcp): void {
  if (tcp.isClosed) return;
  const isUnread = queuedBytes(tcp) > 0;
  tcp.isReadShut = true;
  owning(tcp, () => {
    if (isUnread) reset(tcp, "TCPAbortOnClose");
    else sendFin(tcp);
  });
  if (isUnread) close(tcp, undefined);
  else orphan(tcp);
}

/** shutdown(SHUT_WR). */
export function shutWrites(tcp: Tcp): void {
  if (!tcp.isClosed && !tcp.isWriteShut) owning(tcp, () => sendFin(tcp));
}

export function socketOf(tcp: Tcp): StreamSocket {
  return {
    waitQueue: tcp.waitQueue,
    receive: (bytes) => receiveBytes(tcp, bytes),
    send: (bytes) => (tcp.isWriteShut ? 0 : owning(tcp, () => sendMessage(tcp, bytes))),
    available: () => queuedBytes(tcp),
    lowat: () => tcp.rcvLowat,
    hasSpace: () => hasRoom(tcp),
    poll: () => pollEvents(tcp),
    isEof: () => tcp.isEof || (tcp.isClosed && tcp.error === undefined),
    isWriteShut: () => tcp.isWriteShut,
    hasError: () => tcp.error !== undefined,
    takeError: () => {
      const { error } = tcp;
      tcp.error = undefined;
      return error && errno[error];
    },
    shutdown: () => shutWrites(tcp),
    close: () => closeSocket(tcp),
  };
}
