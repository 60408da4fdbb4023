// Fields of many kernel structs as columns of doubles: the addon moves them, the tables of src/snapshot/fields say what
// they are.
import { binding } from "../binding.js";
import type { FieldKind, FieldTable } from "../snapshot/fields/field.js";

/** Width in bytes, shift, mask, and the value that means "none". */
const kinds: Readonly<Record<FieldKind, readonly [width: number, shift: number, mask: number, none: number]>> = {
  u8: [1, 0, 0xff, Number.NaN],
  u16: [2, 0, 0xffff, Number.NaN],
  u32: [4, 0, 0, Number.NaN],
  u64: [8, 0, 0, Number.NaN],
  big: [8, 0, 0, Number.NaN],
  u32n: [4, 0, 0, 0xffffffff],
  u64n: [8, 0, 0, 2 ** 64],
  ssthresh: [4, 0, 0, 0x7fffffff],
  state: [1, 0, 0xff, Number.NaN],
  ca: [1, 0, 0xff, Number.NaN],
  low4: [1, 0, 15, Number.NaN],
  high4: [1, 4, 15, Number.NaN],
  flag: [1, 0, 1, Number.NaN],
  bits2: [1, 1, 3, Number.NaN],
};

/** How the addon reads some fields of one struct: five numbers each. */
export type ColumnPlan = Float64Array;

/** The plan of these fields. Names come as the kernel's numbers, 64 bits as doubles. */
export function columnPlan<Table extends FieldTable>(table: Table, names: readonly (keyof Table)[]): ColumnPlan {
  return Float64Array.from(
    names.flatMap((name) => {
      const [kind, offset] = table[name]!;
      return [offset, ...kinds[kind]];
    }),
  );
}

/** The plans of each field of a table alone. */
export function columnPlans<Table extends FieldTable>(table: Table): Readonly<Record<keyof Table, ColumnPlan>> {
  const plans = Object.keys(table).map((name) => [name, columnPlan(table, [name])] as const);
  return Object.fromEntries(plans) as Record<keyof Table, ColumnPlan>;
}

/** Where structs of one kind lie in one piece of memory. */
export class StructPlaces {
  count = 0;
  // Start and length of each, in bytes; length 0: there is none.
  #places: Int32Array;

  constructor(room: number) {
    this.#places = new Int32Array(2 * room);
  }
  clear(): void {
    this.count = 0;
  }
  add(start: number, bytes: number): void {
    const at = 2 * this.count;
    if (at === this.#places.length) this.#grow();
    this.#places[at] = start;
    this.#places[at + 1] = bytes;
    this.count++;
  }
  start(i: number): number {
    return this.#places[2 * i]!;
  }
  bytes(i: number): number {
    return this.#places[2 * i + 1]!;
  }
  /** The plan's fields of all structs, NaN where absent; column k begins at `into[k * room]`. RangeError: no room. */
  columns(memory: Uint8Array, plan: ColumnPlan, into: Float64Array, room: number): void {
    binding?.structColumns(memory, this.#places, this.count, plan, into, room);
  }
  #grow(): void {
    const places = new Int32Array(4 * this.count + 64);
    places.set(this.#places);
    this.#places = places;
  }
}
