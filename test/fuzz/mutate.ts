// Changed copies of recorded input: bits, bytes, length fields, cuts, repetitions, pieces of another input. The same
// seed gives the same inputs.

/** A whole number from 0 to below `below`. */
export type Random = (below: number) => number;

/** Mulberry32. */
export const randomFrom = (seed: number): Random => {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let word = Math.imul(state ^ (state >>> 15), 1 | state);
    word = (word + Math.imul(word ^ (word >>> 7), 61 | word)) ^ word;
    return Math.floor((((word ^ (word >>> 14)) >>> 0) / 2 ** 32) * below);
  };
};

export const longestBytes = 8192;

interface Scratch {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  length: number;
}

type Edit = (scratch: Scratch, random: Random, other: Uint8Array, words: readonly Uint8Array[]) => void;

const telling = [0, 1, 2, 3, 4, 5, 7, 8, 16, 0x7f, 0x80, 0xff, 0x20, 0x0a, 0x30, 0x39, 0x3a];
const tellingWords = [0, 1, 4, 5, 8, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xfffffffc, 0xffffffff];
const pick = <T>(list: readonly T[], random: Random): T => list[random(list.length)]!;

const insert = (scratch: Scratch, at: number, piece: Uint8Array): void => {
  const kept = piece.subarray(0, longestBytes - scratch.length);
  scratch.bytes.copyWithin(at + kept.length, at, scratch.length);
  scratch.bytes.set(kept, at);
  scratch.length += kept.length;
};

/** Where a field of netlink begins, more often than not. */
const fieldAt = ({ length }: Scratch, random: Random, width: number): number =>
  Math.max(0, Math.min(random(Math.max(1, length)) & ~(random(4) === 0 ? 0 : 3), length - width));

const edits: readonly Edit[] = [
  (scratch, random) => {
    if (scratch.length > 0) scratch.bytes[random(scratch.length)]! ^= 1 << random(8);
  },
  (scratch, random) => {
    if (scratch.length > 0) scratch.bytes[random(scratch.length)] = random(256);
  },
  (scratch, random) => {
    if (scratch.length > 0) scratch.bytes[random(scratch.length)] = pick(telling, random);
  },
  // A length field: a little more or less than it says, or than there is.
  (scratch, random) => {
    if (scratch.length < 2) return;
    const at = fieldAt(scratch, random, 2);
    const from = random(2) === 0 ? scratch.view.getUint16(at, true) : scratch.length - at;
    scratch.view.setUint16(at, from + random(17) - 8, true);
  },
  (scratch, random) => {
    if (scratch.length >= 4) scratch.view.setUint32(fieldAt(scratch, random, 4), pick(tellingWords, random), true);
  },
  (scratch, random) => {
    scratch.length = random(scratch.length + 1);
  },
  (scratch, random) => {
    const at = random(scratch.length + 1);
    const gone = Math.min(1 + random(16), scratch.length - at);
    scratch.bytes.copyWithin(at, at + gone, scratch.length);
    scratch.length -= gone;
  },
  (scratch, random) => {
    const at = random(scratch.length + 1);
    insert(scratch, random(scratch.length + 1), scratch.bytes.slice(at, Math.min(scratch.length, at + 1 + random(64))));
  },
  (scratch, random, other) => {
    const at = random(other.length + 1);
    insert(scratch, random(scratch.length + 1), other.subarray(at, at + 1 + random(128)));
  },
  (scratch, random, _other, words) => {
    if (words.length > 0) insert(scratch, random(scratch.length + 1), pick(words, random));
  },
];

/** Words between which parsers of text tell apart, beside those of the input. */
const textWords = [
  "0",
  "-1",
  "1e3",
  "4294967296",
  "18446744073709551616",
  "9".repeat(400),
  " ",
  "\n",
  ":",
  "\0",
  "/",
  "%",
];
const textBytes = [...textWords, "__proto__", "constructor", "{}", "[]", "null", '"', "\\", "=", ",", "(", ")"].map(
  (word) => new Uint8Array(Buffer.from(word, "latin1")),
);
const nameBytes = ["__proto__\0", "toString\0", "__defineGetter__\0"].map((word) => new Uint8Array(Buffer.from(word)));

const scratch: Scratch = ((bytes) => ({ bytes, view: new DataView(bytes.buffer), length: 0 }))(
  new Uint8Array(longestBytes),
);

/** One of `pool`, changed in one to six places; good until the next call. */
export const mutated = (pool: readonly Uint8Array[], random: Random, isText: boolean): Uint8Array => {
  const [from, other] = [pick(pool, random), pick(pool, random)];
  scratch.length = Math.min(from.length, longestBytes);
  scratch.bytes.set(from.length > longestBytes ? from.subarray(0, longestBytes) : from);
  for (let left = 1 + random(6); left > 0; left--)
    pick(edits, random)(scratch, random, other, isText ? textBytes : nameBytes);
  return scratch.bytes.subarray(0, scratch.length);
};
