// write(2) on a socket (net/ipv4/tcp.c tcp_sendmsg_locked, net/core/stream.c sk_stream_wait_memory).
import type { Process } from "../../process.js";
import { errno, type StreamSocket } from "../stream-socket.js";
import { type CallOptions, wakeUp } from "./wake-up.js";

/**
 * Queues all `bytes`, and sleeps while there is no space. Returns the bytes taken (fewer when it may not sleep, or when
 * the connection broke after some), or a negative errno.
 */
export function* write(socket: StreamSocket, bytes: number, options: CallOptions = {}): Process<number> {
  let copied = 0;
  for (;;) {
    if (socket.isWriteShut()) return copied > 0 ? copied : (socket.takeError() ?? errno.EPIPE);
    copied += socket.send(bytes - copied);
    if (copied === bytes) return copied;
    if (options.nonblocking) return copied > 0 ? copied : errno.EAGAIN;
    // Space for one byte is enough to go on, but the queue wakes the sleeper only at a third free (sk_stream_is_writeable).
    while (!socket.hasSpace() && !socket.isWriteShut()) yield* wakeUp(socket.waitQueue, options.onWait);
  }
}
