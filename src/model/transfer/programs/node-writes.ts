// What a net.Socket does with what it is given to write (lib/internal/streams/writable.js, libuv's uv_try_write and
// uv__write): one try at once, the rest when the socket is writable again, and what is written meanwhile waits in memory.
import { errno, type StreamSocket } from "../stream-socket.js";

export interface NodeWrites {
  /** stream.write(): false says that so much is waiting that the stream wants to drain first; what is written all the same is kept. */
  write(bytes: number): boolean;
  /** writableLength: bytes that were written to the stream and that the kernel has not all taken. */
  length(): number;
  /** The most that it has been. */
  peak(): number;
  /** stream.end(): the socket is shut down when everything is written. */
  end(): void;
  /** libuv waits for EPOLLOUT. */
  isWaiting(): boolean;
  /** EPOLLOUT. */
  onWritable(): void;
}

interface Options {
  readonly socket: StreamSocket;
  /** writableHighWaterMark. */
  readonly highWaterMark: number;
  readonly nextTick: (callback: () => void) => void;
  readonly onDrain: () => void;
  /** The kernel refused with this errno. */
  readonly onError: (error: number) => void;
}

export function createNodeWrites({ socket, highWaterMark, nextTick, onDrain, onError }: Options): NodeWrites {
  let length = 0;
  let peak = 0;
  /** The request that libuv holds: its size, and what of it the kernel has not taken. */
  let request = 0;
  let left = 0;
  /** Written while a request was under way. */
  let buffered = 0;
  let needsDrain = false;
  let isEnding = false;

  const finishMaybe = (): void => {
    if (!isEnding || length > 0) return;
    isEnding = false;
    socket.shutdown();
  };
  const afterWrite = (): void => {
    if (needsDrain && length === 0) {
      needsDrain = false;
      if (!isEnding) onDrain();
    }
    finishMaybe();
  };
  /** One write(2); false: the connection is broken. */
  const tryWrite = (): boolean => {
    if (!socket.isWriteShut()) {
      left -= socket.send(left);
      return true;
    }
    left = 0;
    onError(socket.takeError() ?? errno.EPIPE);
    return false;
  };
  const dispatch = (bytes: number): void => {
    request = bytes;
    left = bytes;
    // uv_try_write, and again by uv_write when that left something.
    if (!tryWrite() || (left > 0 && !tryWrite())) return;
    if (left > 0) return;
    length -= request;
    request = 0;
    nextTick(afterWrite);
  };

  return {
    write: (bytes) => {
      length += bytes;
      if (request > 0) buffered += bytes;
      else dispatch(bytes);
      peak = Math.max(peak, length);
      const isBelow = length < highWaterMark;
      if (!isBelow) needsDrain = true;
      return isBelow;
    },
    length: () => length,
    peak: () => peak,
    end: () => {
      isEnding = true;
      finishMaybe();
    },
    isWaiting: () => left > 0,
    onWritable: () => {
      if (left === 0 || !tryWrite() || left > 0) return;
      length -= request;
      request = 0;
      const next = buffered;
      buffered = 0;
      // All that waited goes down in one writev.
      if (next > 0) dispatch(next);
      afterWrite();
    },
  };
}
