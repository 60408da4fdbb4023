// The values of netlink attributes: include/net/netlink.h nla_get_*, NLA_UINT. Little-endian, as this package's machines.

/** Where an attribute's payload lies. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** Attributes by type; of one that comes twice, the last. */
export type AttributeMap = ReadonlyMap<number, Range>;

/** All attributes from `start` to `end`, up to a malformed one. Total. */
export function attributeMap(view: DataView, start: number, end: number): AttributeMap {
  const found = new Map<number, Range>();
  for (let at = start; at + 4 <= end; ) {
    const length = view.getUint16(at, true);
    if (length < 4 || at + length > end) break;
    found.set(view.getUint16(at + 2, true) & 0x3fff, { start: at + 4, end: at + length });
    at += (length + 3) & ~3;
  }
  return found;
}

/** The attributes inside of one. */
export function nested(view: DataView, range: Range | undefined): AttributeMap {
  return range ? attributeMap(view, range.start, range.end) : new Map();
}

/** An unsigned number of 1, 2, 4 or 8 bytes, whichever the kernel chose; above 2^53 rounded. */
export function uintOf(view: DataView, range: Range | undefined): number | undefined {
  if (!range) return undefined;
  const { start } = range;
  switch (range.end - start) {
    case 1:
      return view.getUint8(start);
    case 2:
      return view.getUint16(start, true);
    case 4:
      return view.getUint32(start, true);
    case 8:
      return view.getUint32(start, true) + view.getUint32(start + 4, true) * 2 ** 32;
    default:
      return undefined;
  }
}

/** The same, exact: for bytes, which pass 2^53. */
export function bigOf(view: DataView, range: Range | undefined): bigint | undefined {
  if (range && range.end - range.start === 8) return view.getBigUint64(range.start, true);
  const value = uintOf(view, range);
  return value === undefined ? undefined : BigInt(value);
}

/** Text up to its NUL. */
export function textOf(view: DataView, range: Range | undefined): string | undefined {
  if (!range) return undefined;
  let text = "";
  for (let at = range.start; at < range.end && view.getUint8(at) !== 0; at++)
    text += String.fromCharCode(view.getUint8(at));
  return text;
}

/** One attribute, padded to 4. */
export function encodeAttribute(type: number, payload: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(4 + ((payload.length + 3) & ~3));
  const view = new DataView(bytes.buffer);
  view.setUint16(0, 4 + payload.length, true);
  view.setUint16(2, type, true);
  bytes.set(payload, 4);
  return bytes;
}
