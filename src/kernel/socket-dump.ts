// The sockets of a dump as raw messages in memory, decoded on access; each cookie once.
import { inetDiagFields } from "../snapshot/fields/inet-diag.js";
import { memInfoFields } from "../snapshot/fields/mem-info.js";
import { tcpInfoFields } from "../snapshot/fields/tcp-info.js";
import { CookieSet } from "./cookie-set.js";
import { INET_DIAG_INFO, INET_DIAG_SKMEMINFO, InetDiagSocket, messageBytes } from "./inet-diag.js";
import { attributeAt, attributeBytes, readBytes, type Sink } from "./netlink.js";
import { printAsJson } from "./plain.js";
import { type FieldReader, fieldReader } from "./struct-view.js";

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
      if (!wanted(socket) || !socket.addTo(this.#cookies)) return;
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
  toJSON(): unknown {
    const { partial, reason } = this;
    return { partial, reason, rows: [...this] };
  }
  /** One field of every row as doubles, NaN where it is absent; states as the kernel's numbers. */
  column(name: keyof typeof inetDiagFields): Float64Array {
    const read = fieldReader(inetDiagFields, name);
    return this.#column((view, start, end) => read(view, start, end - start));
  }
  /** The same of tcp_info. */
  tcpInfoColumn(name: keyof typeof tcpInfoFields): Float64Array {
    return this.#attributeColumn(INET_DIAG_INFO, fieldReader(tcpInfoFields, name));
  }
  /** The same of SKMEMINFO. */
  memInfoColumn(name: keyof typeof memInfoFields): Float64Array {
    return this.#attributeColumn(INET_DIAG_SKMEMINFO, fieldReader(memInfoFields, name));
  }
  #attributeColumn(type: number, read: FieldReader): Float64Array {
    return this.#column((view, start, end) => {
      const at = attributeAt(view, start + messageBytes, end, type);
      return at < 0 ? Number.NaN : read(view, at, attributeBytes(view, at));
    });
  }
  #column(read: (view: DataView, start: number, end: number) => number): Float64Array {
    const column = new Float64Array(this.length);
    for (let i = 0; i < this.length; i++) {
      const start = this.#starts[i]!;
      column[i] = read(this.#chunks[Math.floor(start / chunkBytes)]!, start % chunkBytes, this.#ends[i]!);
    }
    return column;
  }
}

printAsJson(SocketDump.prototype);
