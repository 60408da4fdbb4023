// The sockets of a dump as raw messages in memory, decoded on access; each cookie once.
import { CookieSet } from "./cookie-set.js";
import { InetDiagSocket } from "./inet-diag.js";
import { readBytes, type Sink } from "./netlink.js";

const chunkBytes = 1 << 20;

/** A dump is no snapshot: under churn sockets can be missed, and the kernel does not say so. */
export class SocketDump implements Iterable<InetDiagSocket> {
  length = 0;
  /** Something is known to be missing; `reason` says why. */
  partial = false;
  reason: string | undefined;
  // Where message i lies: chunk number × chunkBytes + offset; its end.
  #starts = new Float64Array(256);
  #ends = new Uint32Array(256);
  readonly #chunks: DataView[] = [];
  readonly #cookies = new CookieSet();
  #used = chunkBytes;

  /** Memory for the next datagram. For whoever fills the dump. */
  room(): Uint8Array {
    if (chunkBytes - this.#used < readBytes) {
      this.#chunks.push(new DataView(new ArrayBuffer(chunkBytes)));
      this.#used = 0;
    }
    return new Uint8Array(this.#chunks.at(-1)!.buffer, this.#used, readBytes);
  }
  /** Takes messages that lie in `room()`; `wanted` chooses. */
  sink(wanted: (socket: InetDiagSocket) => boolean): Sink {
    return (view, start, end) => {
      const base = view.byteOffset;
      this.#used = Math.max(this.#used, (base + end + 7) & ~7);
      if (!InetDiagSocket.fits(start, end)) return;
      const socket = new InetDiagSocket(view, start, end);
      if (!wanted(socket) || !this.#cookies.add(socket.cookieLow, socket.cookieHigh)) return;
      if (this.length === this.#starts.length) this.#grow();
      this.#starts[this.length] = (this.#chunks.length - 1) * chunkBytes + base + start;
      this.#ends[this.length] = base + end;
      this.length++;
    };
  }
  #grow(): void {
    const [starts, ends] = [new Float64Array(2 * this.length), new Uint32Array(2 * this.length)];
    starts.set(this.#starts);
    ends.set(this.#ends);
    [this.#starts, this.#ends] = [starts, ends];
  }
  /** Lazy view of socket `i`. RangeError beyond `length`. */
  row(i: number): InetDiagSocket {
    if (!(i >= 0 && i < this.length)) throw new RangeError(`row ${i} of ${this.length}`);
    const start = this.#starts[i]!;
    return new InetDiagSocket(this.#chunks[Math.floor(start / chunkBytes)]!, start % chunkBytes, this.#ends[i]!);
  }
  *[Symbol.iterator](): Iterator<InetDiagSocket> {
    for (let i = 0; i < this.length; i++) yield this.row(i);
  }
  /** One field of every socket as doubles, NaN where it is absent (states as names are not columns). */
  column(field: (socket: InetDiagSocket) => number | undefined): Float64Array {
    const column = new Float64Array(this.length);
    for (let i = 0; i < this.length; i++) column[i] = field(this.row(i)) ?? Number.NaN;
    return column;
  }
}
