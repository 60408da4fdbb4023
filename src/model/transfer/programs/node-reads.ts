// How a net.Socket reads (libuv's uv__read, lib/internal/streams/readable.js): on each readable event up to 32 reads of
// 64 KiB, up to the first short one; a paused stream keeps what comes up to its high-water mark and then stops reading.
import type { Process } from "../../process.js";
import type { StreamSocket } from "../stream-socket.js";

export interface NodeReads {
  pause(): void;
  resume(): void;
  /** readableLength: bytes read from the kernel that the application was not given. */
  length(): number;
  /** The most that it has been. */
  peak(): number;
  /** libuv waits for EPOLLIN. */
  isReading(): boolean;
  /** EPOLLIN. */
  onReadable(): Process;
}

interface Options {
  readonly socket: StreamSocket;
  /** readableHighWaterMark. */
  readonly highWaterMark: number;
  readonly nextTick: (callback: () => void) => void;
  /** Runs a callback of the application's. */
  readonly call: (callback: () => void) => Process;
  readonly onData: (bytes: number) => void;
  readonly onEnd: () => void;
  readonly onError: (error: number) => void;
}

/** What libuv asks for at a time, and how often before others get their turn. */
const readBytes = 65_536;
const readsAtOnce = 32;

export function createNodeReads(options: Options): NodeReads {
  const { socket, highWaterMark, nextTick, call, onData, onEnd, onError } = options;
  const chunks: number[] = [];
  let length = 0;
  let peak = 0;
  let isFlowing = true;
  let isReading = true;
  let hasEnded = false;

  const push = (bytes: number): void => {
    if (isFlowing && length === 0) {
      onData(bytes);
      return;
    }
    chunks.push(bytes);
    length += bytes;
    peak = Math.max(peak, length);
    if (length >= highWaterMark) isReading = false;
  };
  const end = (): void => {
    isReading = false;
    hasEnded = true;
    if (length === 0) onEnd();
  };
  const fail = (): void => {
    const error = socket.takeError();
    if (error === undefined) return;
    isReading = false;
    onError(error);
  };
  const flow = (): void => {
    const hadChunks = length > 0;
    for (;;) {
      // onData may pause the stream again.
      const bytes = isFlowing ? chunks.shift() : undefined;
      if (bytes === undefined) break;
      length -= bytes;
      onData(bytes);
    }
    if (!hasEnded) isReading = length < highWaterMark;
    else if (hadChunks && length === 0) onEnd();
  };

  return {
    length: () => length,
    peak: () => peak,
    isReading: () => isReading,
    pause: () => {
      isFlowing = false;
    },
    resume: () => {
      if (isFlowing) return;
      isFlowing = true;
      nextTick(flow);
    },
    onReadable: function* () {
      for (let count = 0; count < readsAtOnce; count += 1) {
        // The application may have paused the stream.
        if (!isReading) return;
        const got = socket.receive(readBytes);
        if (got > 0) yield* call(() => push(got));
        else if (socket.isEof()) yield* call(end);
        else yield* call(fail);
        if (got < readBytes) return;
      }
    },
  };
}
