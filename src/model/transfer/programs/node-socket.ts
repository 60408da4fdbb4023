// A net.Socket on a model socket: both of its directions, and what of it libuv's loop watches.
import type { Process } from "../../process.js";
import type { StreamSocket } from "../stream-socket.js";
import { poll } from "../wait-queue.js";
import type { NodeLoop } from "./node-loop.js";
import { createNodeReads } from "./node-reads.js";
import { createNodeWrites } from "./node-writes.js";

export interface NodeSocket {
  /** False: the stream wants to drain first. What is written all the same is kept in memory. */
  write(bytes: number): boolean;
  end(): void;
  /** close(2): nothing is read or written any more. */
  destroy(): void;
  pause(): void;
  resume(): void;
  writableLength(): number;
  readableLength(): number;
  peakWritableLength(): number;
  peakReadableLength(): number;
}

export interface NodeSocketOptions {
  /** 64 KiB since Node 22; 16 KiB before. */
  readonly highWaterMark?: number | undefined;
  readonly onData?: ((bytes: number) => void) | undefined;
  readonly onDrain?: (() => void) | undefined;
  readonly onEnd?: (() => void) | undefined;
  /** A negative errno. */
  readonly onError?: ((error: number) => void) | undefined;
}

const nothing = (): void => {};

export function createNodeSocket(loop: NodeLoop, socket: StreamSocket, options: NodeSocketOptions = {}): NodeSocket {
  const { highWaterMark = 65_536, onData = nothing, onDrain = nothing, onEnd = nothing, onError = nothing } = options;
  let watched = 0;
  let isDestroyed = false;
  const nextTick = (callback: () => void): void => loop.nextTick(() => then(callback));
  const writes = createNodeWrites({ socket, highWaterMark, nextTick, onDrain, onError });
  const call = (callback: () => void): Process => loop.call(() => then(callback));
  const reads = createNodeReads({ socket, highWaterMark, nextTick, call, onData, onEnd, onError });
  const onEvents = function* (events: number): Process {
    if ((events & ~poll.out) !== 0 && reads.isReading()) yield* reads.onReadable();
    if ((events & ~poll.in) !== 0) yield* call(writes.onWritable);
  };
  const watch = (): void => {
    const wanted = (reads.isReading() ? poll.in : 0) | (writes.isWaiting() ? poll.out : 0);
    if (wanted === watched || isDestroyed) return;
    watched = wanted;
    loop.watch(socket, wanted, onEvents);
  };
  /** After everything that may have changed what libuv waits for. */
  const then = <Value>(act: () => Value): Value => {
    const value = act();
    watch();
    return value;
  };
  watch();
  return {
    write: (bytes) => then(() => writes.write(bytes)),
    end: writes.end,
    destroy: () => {
      if (isDestroyed) return;
      isDestroyed = true;
      loop.watch(socket, 0, onEvents);
      socket.close();
    },
    pause: reads.pause,
    resume: () => then(reads.resume),
    writableLength: writes.length,
    readableLength: reads.length,
    peakWritableLength: writes.peak,
    peakReadableLength: reads.peak,
  };
}
