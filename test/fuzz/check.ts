// What every parser promises, whatever it is given. A broken promise throws `BrokenPromise`, which says which.
import { type BytesTarget, isSame, type Target, type TextTarget } from "./target.js";

export class BrokenPromise extends Error {
  override readonly name = "BrokenPromise";
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

const textOf = (input: Uint8Array): string =>
  Buffer.from(input.buffer, input.byteOffset, input.byteLength).toString("latin1");

const parseText = (target: TextTarget, text: string): unknown => {
  try {
    return target.parse(text);
  } catch (error) {
    if (target.refuses === undefined || !(error instanceof target.refuses)) throw error;
    if (error.message === "") throw new BrokenPromise("refuses without a word");
    return undefined;
  }
};

const holdsNaN = (value: unknown): boolean => {
  if (typeof value !== "object" || value === null) return Number.isNaN(value);
  if (Array.isArray(value)) return value.some(holdsNaN);
  for (const name in value) if (holdsNaN((value as Readonly<Record<string, unknown>>)[name])) return true;
  return false;
};

/**
 * What the parser tells of this input. Throws where it throws, and where it tells a number that is none. Of bytes the
 * view has no more than the input: whatever reads outside of it throws.
 */
export const tellingOf = (target: Target, input: Uint8Array): unknown => {
  const reading =
    target.kind === "bytes" ? target.parse(viewOf(input), 0, input.length) : parseText(target, textOf(input));
  if (holdsNaN(reading)) throw new BrokenPromise(`tells NaN: ${show(reading)}`);
  return reading;
};

const margin = 1024;

/** What is told of the input in the midst of these bytes. */
const amidst = (target: BytesTarget, input: Uint8Array, fill: number): unknown => {
  const bytes = new Uint8Array(input.length + 2 * margin).fill(fill);
  bytes.set(input, margin);
  return target.parse(viewOf(bytes), margin, margin + input.length);
};

/** The same, where other bytes stand before and behind it: they must not matter. */
export const tellingAmidst = (target: Target, input: Uint8Array): unknown => {
  const alone = tellingOf(target, input);
  if (target.kind === "text") return alone;
  for (const fill of [0x00, 0xff]) {
    const reading = amidst(target, input, fill);
    if (!isSame(alone, reading))
      throw new BrokenPromise(`tells what lies outside: ${show(alone)} and ${show(reading)}`);
  }
  return alone;
};

const show = (value: unknown): string =>
  (
    JSON.stringify(value, (_key, field: unknown) => (typeof field === "bigint" ? `${field}n` : field)) ?? "undefined"
  ).slice(0, 500);

const leavesOf = (value: unknown): readonly unknown[] => {
  if (typeof value !== "object" || value === null) return [value];
  return Object.values(value).flatMap(leavesOf);
};
const numbersOfBytes = (bytes: Uint8Array): ReadonlySet<number> => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found = new Set<number>(bytes);
  for (let at = 0; at < bytes.length; at++) {
    for (const bits of [bytes[at]! & 15, bytes[at]! >> 4, bytes[at]! & 1, (bytes[at]! >> 1) & 3]) found.add(bits);
    if (at + 2 <= bytes.length) for (const isLittle of [true, false]) found.add(view.getUint16(at, isLittle));
    if (at + 4 <= bytes.length) found.add(view.getUint32(at, true)).add(view.getInt32(at, true));
    if (at + 8 <= bytes.length) found.add(Number(view.getBigUint64(at, true)));
  }
  return found;
};

const numbersOfText = (text: string): readonly number[] => [
  ...Array.from(text.matchAll(/-?\d+(?:\.\d+)?/g), ([digits]) => Number(digits)),
  ...Array.from(text.matchAll(/(?<![0-9a-f])[0-9a-f]{1,8}(?![0-9a-f])/gi), ([digits]) => Number.parseInt(digits, 16)),
];

/** What is told and stands nowhere in the input; empty: nothing is invented. */
export const inventedIn = (target: Target, input: Uint8Array, reading: unknown): readonly unknown[] => {
  const text = textOf(input);
  const given = target.kind === "bytes" ? numbersOfBytes(input) : new Set(numbersOfText(text));
  const made = new Set(target.kind === "text" && target.made ? target.made([...given]) : []);
  const words = new Set(target.words);
  const isNumber = (number: number): boolean => given.has(number) || made.has(number);
  const stands = (leaf: string): boolean =>
    words.has(leaf) ||
    text.includes(leaf) ||
    isNumber(Number(leaf)) ||
    addressPattern.test(leaf) ||
    isName(leaf, input);
  return leavesOf(reading).filter((leaf) => {
    if (typeof leaf === "number") return !isNumber(leaf);
    if (typeof leaf === "bigint") return !isNumber(Number(leaf));
    return typeof leaf === "string" && !stands(leaf);
  });
};

/** A name in UTF-8; an abstract one is written with @. */
const isName = (leaf: string, input: Uint8Array): boolean => {
  const text = Buffer.from(input).toString("utf8");
  return leaf
    .replace(/^@/, "")
    .split("\ufffd")
    .every((piece) => text.includes(piece));
};

/** Addresses and handles are written out of bytes: their texts have tests of their own. */
const addressPattern = /^[0-9a-f]*:[0-9a-f:.]*$|^\d+\.\d+\.\d+\.\d+$/;
