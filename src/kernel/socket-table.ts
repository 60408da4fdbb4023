// Readings of many sockets: rows of raw bytes in one buffer that the addon fills and every access decodes.
import { memInfoFields } from "../snapshot/fields/mem-info.js";
import { tcpInfoFields } from "../snapshot/fields/tcp-info.js";
import { printAsJson } from "./plain.js";
import { SocketReading } from "./socket-reading.js";
import { rowLayout as layout, readingBits, type ReadingName } from "./socket-row.js";
import { type FieldReader, fieldReader } from "./struct-view.js";

/** Memory for `capacity` sockets. Reading into it again overwrites what its rows show. */
export class SocketTable implements Iterable<SocketReading> {
  /** Sockets read. */
  length = 0;
  /** The raw rows, `rowLayout.stride` bytes each. */
  bytes: Uint8Array;
  #view: DataView;

  constructor(capacity: number) {
    this.bytes = new Uint8Array(capacity * layout.stride);
    this.#view = new DataView(this.bytes.buffer);
  }

  get capacity(): number {
    return this.bytes.length / layout.stride;
  }
  /** Makes room for `capacity` sockets; forgets what was read if it must grow. */
  reserve(capacity: number): this {
    if (capacity > this.capacity) {
      this.bytes = new Uint8Array(capacity * layout.stride);
      this.#view = new DataView(this.bytes.buffer);
    }
    this.length = 0;
    return this;
  }
  /** Lazy view of socket `i`. RangeError beyond `length`. */
  row(i: number): SocketReading {
    if (!(i >= 0 && i < this.length)) throw new RangeError(`row ${i} of ${this.length}`);
    return new SocketReading(this.#view, i * layout.stride);
  }
  /** `row(i).valid`, without the view. */
  valid(i: number): boolean {
    return this.row(i).valid;
  }
  *[Symbol.iterator](): Iterator<SocketReading> {
    for (let i = 0; i < this.length; i++) yield this.row(i);
  }
  toJSON(): unknown {
    return [...this];
  }
  /** One tcp_info field of every socket as doubles (names as the kernel's numbers), NaN where it is absent. */
  tcpInfoColumn(name: keyof typeof tcpInfoFields, into: Float64Array = new Float64Array(this.length)): Float64Array {
    return this.#column("tcpInfo", fieldReader(tcpInfoFields, name), layout.tcp_info, layout.tcp_info_length, into);
  }
  /** The same of SO_MEMINFO. */
  memInfoColumn(name: keyof typeof memInfoFields, into: Float64Array = new Float64Array(this.length)): Float64Array {
    return this.#column("memInfo", fieldReader(memInfoFields, name), layout.mem_info, layout.mem_info_length, into);
  }
  #column(reading: ReadingName, read: FieldReader, at: number, lengthAt: number, into: Float64Array): Float64Array {
    const view = this.#view;
    const bit = readingBits[reading];
    for (let i = 0; i < this.length; i++) {
      const row = i * layout.stride;
      const there = (view.getUint32(row + layout.got, true) & bit) !== 0;
      into[i] = read(view, row + at, there ? view.getUint32(row + lengthAt, true) : 0);
    }
    return into;
  }
}

printAsJson(SocketTable.prototype);
