// read(2) on a socket (net/ipv4/tcp.c tcp_recvmsg_locked).
import type { Process } from "../../process.js";
import { errno, type StreamSocket } from "../stream-socket.js";
import { type CallOptions, wakeUp } from "./wake-up.js";

/**
 * What is there, up to `bytes`; sleeps while there is nothing, or less than SO_RCVLOWAT asks for. Returns the bytes
 * read, 0 at the end of the stream, or a negative errno.
 */
export function* read(socket: StreamSocket, bytes: number, options: CallOptions = {}): Process<number> {
  const target = Math.min(socket.lowat(), bytes);
  let copied = 0;
  for (;;) {
    copied += socket.receive(bytes - copied);
    if (copied >= target || socket.isEof()) return copied;
    if (copied > 0 && (socket.hasError() || options.nonblocking)) return copied;
    const error = socket.takeError();
    if (error !== undefined) return error;
    if (options.nonblocking) return errno.EAGAIN;
    // What was copied so far is out of the queue: the next wake-up needs SO_RCVLOWAT bytes more, not the rest of them.
    yield* wakeUp(socket.waitQueue, options.onWait);
  }
}
