// Readings of many sockets: rows of raw bytes in one buffer that the addon fills and every access decodes.
import { memInfoFields } from "../snapshot/fields/mem-info.js";
import { tcpInfoFields } from "../snapshot/fields/tcp-info.js";
import { printAsJson } from "./plain.js";
import { SocketReading } from "./socket-reading.js";
import { rowLayout as layout, readingBits } from "./socket-row.js";
import type { FillableColumns } from "./socket-columns.js";
import { type ColumnPlan, columnPlans, StructPlaces } from "./struct-columns.js";

const infoPlans = columnPlans(tcpInfoFields);
const memoryPlans = columnPlans(memInfoFields);
/** Where a row has a struct, and its length. */
const structs = {
  tcpInfo: [layout.tcp_info, layout.tcp_info_length],
  memInfo: [layout.mem_info, layout.mem_info_length],
} as const;

/** Memory for `capacity` sockets. Reading into it again overwrites what its rows show. */
export class SocketTable implements Iterable<SocketReading> {
  /** The raw rows, `rowLayout.stride` bytes each. */
  bytes: Uint8Array;
  #length = 0;
  #view: DataView;
  // Where the structs of each row are; found when the first of their columns is asked for.
  readonly #places = { tcpInfo: new StructPlaces(0), memInfo: new StructPlaces(0) };

  constructor(capacity: number) {
    this.bytes = new Uint8Array(capacity * layout.stride);
    this.#view = new DataView(this.bytes.buffer);
  }

  /** Sockets read. */
  get length(): number {
    return this.#length;
  }
  /** For whoever fills the rows: so many are new. */
  set length(read: number) {
    this.#length = read;
    this.#places.tcpInfo.clear();
    this.#places.memInfo.clear();
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
  /** Fills columns with what TCP_INFO and SO_MEMINFO told: one native call for all of a source. */
  readColumns(columns: FillableColumns): void {
    for (const source of ["tcpInfo", "memInfo"] as const)
      if (columns.wants(source)) columns.fill(source, this.#found(source), this.bytes);
  }
  /** One tcp_info field of every socket as doubles (names as the kernel's numbers), NaN where it is absent. */
  tcpInfoColumn(name: keyof typeof tcpInfoFields, into: Float64Array = new Float64Array(this.length)): Float64Array {
    return this.#column(this.#found("tcpInfo"), infoPlans[name], into);
  }
  /** The same of SO_MEMINFO. */
  memInfoColumn(name: keyof typeof memInfoFields, into: Float64Array = new Float64Array(this.length)): Float64Array {
    return this.#column(this.#found("memInfo"), memoryPlans[name], into);
  }
  #found(reading: keyof typeof structs): StructPlaces {
    const places = this.#places[reading];
    const [at, lengthAt] = structs[reading];
    for (let i = places.count; i < this.#length; i++) {
      const row = i * layout.stride;
      const there = (this.#view.getUint32(row + layout.got, true) & readingBits[reading]) !== 0;
      places.add(row + at, there ? this.#view.getUint32(row + lengthAt, true) : 0);
    }
    return places;
  }
  #column(places: StructPlaces, plan: ColumnPlan, into: Float64Array): Float64Array {
    places.columns(this.bytes, plan, into, this.#length);
    return into;
  }
}

printAsJson(SocketTable.prototype);
