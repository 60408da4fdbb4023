// The sockets of a dump as raw messages in memory, decoded on access; each cookie once.
import type { inetDiagFields } from "../snapshot/fields/inet-diag.js";
import type { memInfoFields } from "../snapshot/fields/mem-info.js";
import type { tcpInfoFields } from "../snapshot/fields/tcp-info.js";
import { CookieSet } from "./cookie-set.js";
import { InetDiagSocket } from "./inet-diag.js";
import { readBytes, type Sink } from "./netlink.js";
import { printAsJson } from "./plain.js";
import { SocketPart } from "./socket-part.js";

const partBytes = 1 << 20;

/** A dump is no snapshot: under churn sockets can be missed, and the kernel does not say so. */
export class SocketDump implements Iterable<InetDiagSocket> {
  length = 0;
  /** Something is known to be missing; `reason` says why. */
  partial = false;
  reason: string | undefined;
  readonly #parts: SocketPart[] = [];
  // Index of each part's first socket.
  readonly #firsts: number[] = [];
  readonly #cookies = new CookieSet();
  #used = partBytes;

  /** Memory for the next datagram. For whoever fills the dump. */
  room(): Uint8Array {
    if (partBytes - this.#used < readBytes) {
      this.#parts.push(new SocketPart(partBytes));
      this.#firsts.push(this.length);
      this.#used = 0;
    }
    return this.#parts.at(-1)!.bytes.subarray(this.#used, this.#used + readBytes);
  }
  /** Takes messages that lie in `room()`; `wanted` chooses, without it all are wanted. */
  sink(wanted: ((socket: InetDiagSocket) => boolean) | undefined): Sink {
    const socket = new InetDiagSocket();
    return (view, start, end) => {
      const base = view.byteOffset;
      this.#used = Math.max(this.#used, (base + end + 7) & ~7);
      if (!InetDiagSocket.fits(start, end)) return;
      socket.moveTo(view, start, end);
      if ((wanted && !wanted(socket)) || !socket.addTo(this.#cookies)) return;
      this.#parts.at(-1)!.add(base + start, base + end);
      this.length++;
    };
  }
  /** Lazy view of socket `i`. RangeError beyond `length`. */
  row(i: number): InetDiagSocket {
    if (!(i >= 0 && i < this.length)) throw new RangeError(`row ${i} of ${this.length}`);
    const part = this.#firsts.findLastIndex((first) => first <= i);
    return this.#parts[part]!.row(i - this.#firsts[part]!);
  }
  *[Symbol.iterator](): Iterator<InetDiagSocket> {
    for (const part of this.#parts) yield* part;
  }
  toJSON(): unknown {
    const { partial, reason } = this;
    return { partial, reason, rows: [...this] };
  }
  /** One field of every row as doubles, NaN where it is absent; states as the kernel's numbers. */
  column(name: keyof typeof inetDiagFields): Float64Array {
    return this.#column((part, into, first) => part.column(name, into, first));
  }
  /** The same of tcp_info. */
  tcpInfoColumn(name: keyof typeof tcpInfoFields): Float64Array {
    return this.#column((part, into, first) => part.tcpInfoColumn(name, into, first));
  }
  /** The same of SKMEMINFO. */
  memInfoColumn(name: keyof typeof memInfoFields): Float64Array {
    return this.#column((part, into, first) => part.memInfoColumn(name, into, first));
  }
  #column(read: (part: SocketPart, into: Float64Array, first: number) => void): Float64Array {
    const column = new Float64Array(this.length);
    for (const [i, part] of this.#parts.entries()) read(part, column, this.#firsts[i]!);
    return column;
  }
}

printAsJson(SocketDump.prototype);
