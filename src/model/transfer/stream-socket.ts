// A connected socket as system calls see it: what they can do without waiting, and where they wait (struct sock's
// parts of net/ipv4/tcp.c). The endpoint implements it; programs/ builds read(2), write(2), poll(2) and epoll on it.
import type { WaitQueue } from "./wait-queue.js";

/** What a call returns instead of a number of bytes: negative, as the kernel does. */
export const errno = { EAGAIN: -11, EPIPE: -32, ECONNRESET: -104, ENOTCONN: -107, ETIMEDOUT: -110 } as const;
export type Errno = (typeof errno)[keyof typeof errno];

export interface StreamSocket {
  /**
   * Woken with poll.in by each in-order arrival that makes the socket readable (tcp_data_ready), with poll.out when
   * there is space again and someone had found none (sk_stream_write_space), with 0 by FIN, RST and time-outs.
   */
  readonly waitQueue: WaitQueue;
  /** Copies what is there, up to `bytes`, and sends the window update that is due (tcp_recvmsg_locked, tcp_cleanup_rbuf); 0: nothing. */
  receive(bytes: number): number;
  /** Queues what fits, up to `bytes`, and pushes it (tcp_sendmsg_locked); when it is less, sets SOCK_NOSPACE. */
  send(bytes: number): number;
  /** SIOCINQ. */
  available(): number;
  /** SO_RCVLOWAT as it is held. */
  lowat(): number;
  /** sk_stream_memory_free: a write would take something. */
  hasSpace(): boolean;
  /** tcp_poll; sets SOCK_NOSPACE where it is not writable. */
  poll(): number;
  /** The peer's FIN is in, and everything before it (SOCK_DONE); or the connection broke and its error was told. */
  isEof(): boolean;
  /** Nothing can be written any more (SEND_SHUTDOWN). */
  isWriteShut(): boolean;
  hasError(): boolean;
  /** sk_err, which the call that reports it clears; undefined: none. */
  takeError(): Errno | undefined;
  /** shutdown(SHUT_WR): a FIN behind what is queued. */
  shutdown(): void;
  /** close(2): a FIN, or a reset where something lies unread. */
  close(): void;
}
