// Lazy views of kernel structs: a field is decoded when it is asked for, and exists only if the length that the
// kernel returned reaches its end.
import type { FieldKind, FieldTable } from "../snapshot/fields/field.js";
import { type Plain, showAs } from "./plain.js";
import { caStates, type CaState, type TcpState, tcpStates } from "../snapshot/tcp-state.js";

type Value<Kind extends FieldKind> = Kind extends "big"
  ? bigint
  : Kind extends "flag"
    ? boolean
    : Kind extends "state"
      ? TcpState
      : Kind extends "ca"
        ? CaState
        : number;

/** The fields of `Table`, each `undefined` where the kernel did not return it or says "none". */
export type StructView<Table extends FieldTable> = {
  readonly [Name in keyof Table]: Value<Table[Name][0]> | undefined;
} & {
  /** How many bytes the kernel returned. */
  readonly byteLength: number;
  /** The fields that exist; a bigint above 2^53 becomes a decimal string. */
  toJSON(): Plain;
};

interface Decoder {
  readonly width: number;
  readonly number: (view: DataView, at: number) => number | undefined;
  readonly value?: (view: DataView, at: number) => unknown;
}

const u8 = (view: DataView, at: number): number => view.getUint8(at);
const u32 = (view: DataView, at: number): number => view.getUint32(at, true);
const u64 = (view: DataView, at: number): number => view.getUint32(at, true) + view.getUint32(at + 4, true) * 2 ** 32;
const unless = (none: number, value: number): number | undefined => (value === none ? undefined : value);

const decoders: Readonly<Record<FieldKind, Decoder>> = {
  u8: { width: 1, number: u8 },
  u16: { width: 2, number: (view, at) => view.getUint16(at, true) },
  u32: { width: 4, number: u32 },
  u64: { width: 8, number: u64 },
  big: { width: 8, number: u64, value: (view, at) => view.getBigUint64(at, true) },
  u32n: { width: 4, number: (view, at) => unless(0xffffffff, u32(view, at)) },
  u64n: { width: 8, number: (view, at) => unless(2 ** 64, u64(view, at)) },
  ssthresh: { width: 4, number: (view, at) => unless(0x7fffffff, u32(view, at)) },
  state: { width: 1, number: u8, value: (view, at) => tcpStates[u8(view, at)] },
  ca: { width: 1, number: u8, value: (view, at) => caStates[u8(view, at)] },
  low4: { width: 1, number: (view, at) => u8(view, at) & 15 },
  high4: { width: 1, number: (view, at) => u8(view, at) >> 4 },
  flag: { width: 1, number: (view, at) => u8(view, at) & 1, value: (view, at) => (u8(view, at) & 1) === 1 },
  bits2: { width: 1, number: (view, at) => (u8(view, at) >> 1) & 3 },
};

class Struct {
  readonly view: DataView;
  readonly at: number;
  readonly byteLength: number;

  constructor(view: DataView, at: number, byteLength: number) {
    this.view = view;
    this.at = at;
    this.byteLength = byteLength;
  }
}

/** Makes the view of one struct from its table: `(bytes, offset of the struct, length the kernel returned)`. */
export function defineStruct<Table extends FieldTable>(
  table: Table,
): (view: DataView, at: number, byteLength: number) => StructView<Table> {
  class View extends Struct {}
  for (const [name, [kind, offset]] of Object.entries(table)) {
    const { width, number, value = number } = decoders[kind];
    const end = offset + width;
    Object.defineProperty(View.prototype, name, {
      enumerable: true,
      get(this: Struct): unknown {
        return end <= this.byteLength ? value(this.view, this.at + offset) : undefined;
      },
    });
  }
  showAs(View.prototype, Object.keys(table));
  return (view, at, byteLength) => new View(view, at, byteLength) as unknown as StructView<Table>;
}
