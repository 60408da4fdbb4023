// Two sockets joined by two byte queues, as a textbook draws them: no segments, no windows, no memory but the bytes. So a
// test of a call shows that call alone.
import { errno, type Errno, type StreamSocket } from "../../../src/model/transfer/stream-socket.js";
import { createWaitQueue, poll } from "../../../src/model/transfer/wait-queue.js";

interface Limits {
  readonly sendLimit?: number;
  readonly receiveLimit?: number;
  readonly lowat?: number;
}

interface Pair {
  readonly writer: StreamSocket;
  readonly reader: StreamSocket;
  /** The writer's end resets: what arrived before can still be read. */
  reset(): void;
  sendQ(): number;
  recvQ(): number;
}

export function createQueuePair({ sendLimit = 1e9, receiveLimit = 1e9, lowat = 1 }: Limits = {}): Pair {
  let sendQ = 0;
  let recvQ = 0;
  let noSpace = false;
  let closed = false;
  let error: Errno | undefined;
  const [readers, writers] = [createWaitQueue(), createWaitQueue()];
  const move = (): void => {
    const moved = Math.min(sendQ, receiveLimit - recvQ);
    sendQ -= moved;
    recvQ += moved;
    if (moved > 0 && recvQ >= lowat) readers.wake(poll.in);
    if (!noSpace || 3 * sendQ > 2 * sendLimit) return;
    noSpace = false;
    writers.wake(poll.out);
  };
  const isEof = (): boolean => closed && sendQ === 0;
  const hasError = (): boolean => error !== undefined;
  const takeError = (): Errno | undefined => {
    const taken = error;
    error = undefined;
    return taken;
  };
  const reader: StreamSocket = {
    waitQueue: readers,
    receive: (bytes) => {
      const taken = Math.min(bytes, recvQ);
      recvQ -= taken;
      move();
      return taken;
    },
    send: () => 0,
    available: () => recvQ,
    lowat: () => lowat,
    hasSpace: () => true,
    poll: () =>
      (recvQ >= lowat || isEof() || error !== undefined ? poll.in : 0) |
      (isEof() ? poll.rdhup : 0) |
      (error === undefined ? poll.out : poll.err | poll.hup),
    isEof,
    isWriteShut: () => false,
    hasError,
    takeError,
    shutdown: () => {},
    close: () => {},
  };
  const writer: StreamSocket = {
    ...reader,
    waitQueue: writers,
    receive: () => 0,
    send: (bytes) => {
      let taken = 0;
      while (taken < bytes && sendQ < sendLimit) {
        const more = Math.min(bytes - taken, sendLimit - sendQ);
        sendQ += more;
        taken += more;
        move();
      }
      if (taken < bytes) noSpace = true;
      return taken;
    },
    available: () => 0,
    lowat: () => 1,
    hasSpace: () => sendQ < sendLimit,
    poll: () => {
      if (3 * sendQ <= 2 * sendLimit) return poll.out;
      noSpace = true;
      return 0;
    },
    isEof: () => false,
    isWriteShut: () => closed,
    shutdown: () => {
      closed = true;
      readers.wake(0);
      writers.wake(0);
    },
  };
  return {
    writer,
    reader,
    reset: () => {
      error = errno.ECONNRESET;
      readers.wake(0);
    },
    sendQ: () => sendQ,
    recvQ: () => recvQ,
  };
}
