// How one field of a kernel struct is described. A table of such rows per struct drives types, decoding,
// columns, documentation and legends; adding a kernel field is one line.

/**
 * What stands at the offset, little-endian.
 * `u8` `u16` `u32` `u64`: a number; `big`: 64 bits as a bigint (byte counters, which can pass 2^53);
 * `u32n` `u64n`: all ones mean "none"; `ssthresh`: 0x7fffffff means "none"; `state`, `ca`: named states;
 * `low4` `high4` `flag` `bits2`: parts of a byte (`bits2`: two bits above the lowest).
 */
export type FieldKind =
  | "u8"
  | "u16"
  | "u32"
  | "u64"
  | "big"
  | "u32n"
  | "u64n"
  | "ssthresh"
  | "state"
  | "ca"
  | "low4"
  | "high4"
  | "flag"
  | "bits2";

/** Unit of a field; `""`: a plain number or a name. */
export type Unit = "" | "µs" | "ms" | "bytes" | "bytes/s" | "segments" | "packets" | "count";

/** [kind, offset in bytes, unit, kernel name, first kernel, ss's word ("" = not shown), what it is] */
export type FieldRow = readonly [
  kind: FieldKind,
  offset: number,
  unit: Unit,
  kernelName: string,
  since: string,
  ss: string,
  help: string,
];
export type FieldTable = Readonly<Record<string, FieldRow>>;
