// Sockets as sock_diag told them, in one piece of memory: decoded on access, as views or as columns.
import { inetDiagFields } from "../snapshot/fields/inet-diag.js";
import { memInfoFields } from "../snapshot/fields/mem-info.js";
import { tcpInfoFields } from "../snapshot/fields/tcp-info.js";
import { INET_DIAG_INFO, INET_DIAG_SKMEMINFO, InetDiagSocket, messageBytes } from "./inet-diag.js";
import type { FillableColumns } from "./socket-columns.js";
import { type ColumnPlan, columnPlans, StructPlaces } from "./struct-columns.js";

const rowPlans = columnPlans(inetDiagFields);
const infoPlans = columnPlans(tcpInfoFields);
const memoryPlans = columnPlans(memInfoFields);

const roomAtFirst = 384;

/** A part of a dump, decoded on access. */
export class SocketPart implements Iterable<InetDiagSocket> {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  readonly #words: Uint32Array;
  readonly #messages = new StructPlaces(roomAtFirst);
  // Found when the first of their columns is asked for.
  readonly #info = new StructPlaces(roomAtFirst);
  readonly #memory = new StructPlaces(roomAtFirst);

  constructor(size: number) {
    const buffer = new ArrayBuffer(size);
    this.bytes = new Uint8Array(buffer);
    this.#view = new DataView(buffer);
    this.#words = new Uint32Array(buffer);
  }
  get length(): number {
    return this.#messages.count;
  }
  clear(): void {
    this.#messages.clear();
    this.#info.clear();
    this.#memory.clear();
  }
  /** Takes the message from `start` to `end`, of at least `messageBytes`; `start` is a multiple of 4. */
  add(start: number, end: number): void {
    this.#messages.add(start, end - start);
  }
  row(i: number): InetDiagSocket {
    if (!(i >= 0 && i < this.length)) throw new RangeError(`row ${i} of ${this.length}`);
    const start = this.#messages.start(i);
    return new InetDiagSocket(this.#view, start, start + this.#messages.bytes(i));
  }
  *[Symbol.iterator](): Iterator<InetDiagSocket> {
    for (let i = 0; i < this.length; i++) yield this.row(i);
  }
  /** Fills columns with what all sockets told: one native call for all of a source. */
  readColumns(columns: FillableColumns): void {
    this.#findAttributes();
    columns.fill("row", this.#messages, this.bytes);
    columns.fill("tcpInfo", this.#info, this.bytes);
    columns.fill("memInfo", this.#memory, this.bytes);
  }
  /** One field of every row into `into[first]…`. */
  column(name: keyof typeof inetDiagFields, into: Float64Array, first = 0): void {
    this.#column(this.#messages, rowPlans[name], into, first);
  }
  /** The same of tcp_info. */
  tcpInfoColumn(name: keyof typeof tcpInfoFields, into: Float64Array, first = 0): void {
    this.#findAttributes();
    this.#column(this.#info, infoPlans[name], into, first);
  }
  /** The same of SKMEMINFO. */
  memInfoColumn(name: keyof typeof memInfoFields, into: Float64Array, first = 0): void {
    this.#findAttributes();
    this.#column(this.#memory, memoryPlans[name], into, first);
  }
  #column(places: StructPlaces, plan: ColumnPlan, into: Float64Array, first: number): void {
    places.columns(this.bytes, plan, into.subarray(first), this.length);
  }
  #findAttributes(): void {
    for (let i = this.#info.count; i < this.length; i++) this.#findAttributesOf(i);
  }
  // The first attribute (struct nlattr) of either type; stops at a malformed one.
  #findAttributesOf(i: number): void {
    const words = this.#words;
    const end = this.#messages.start(i) + this.#messages.bytes(i);
    let infoAt = 0;
    let memoryAt = 0;
    for (let at = this.#messages.start(i) + messageBytes; at + 4 <= end; ) {
      const head = words[at >> 2]!;
      const length = head & 0xffff;
      if (length < 4 || at + length > end) break;
      // Without the flag bits NLA_F_NESTED and NLA_F_NET_BYTEORDER.
      const type = (head >>> 16) & 0x3fff;
      if (type === INET_DIAG_INFO && infoAt === 0) infoAt = at + 4;
      else if (type === INET_DIAG_SKMEMINFO && memoryAt === 0) memoryAt = at + 4;
      at += (length + 3) & ~3;
    }
    this.#info.add(infoAt, this.#payloadBytes(infoAt));
    this.#memory.add(memoryAt, this.#payloadBytes(memoryAt));
  }
  #payloadBytes(at: number): number {
    return at === 0 ? 0 : (this.#words[(at >> 2) - 1]! & 0xffff) - 4;
  }
}
