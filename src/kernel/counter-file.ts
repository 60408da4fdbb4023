// /proc/net/netstat and /proc/net/snmp (net/ipv4/proc.c), read again and again: names are learnt once, as they only change
// with the kernel; of each reading only the numbers are looked at, in the bytes.
import type { ProtocolTable } from "./counter-pairs.js";
import { openDecoded } from "./proc-reader.js";
import type { KeptReading } from "./proc-root.js";
import type { ReadAhead } from "./read-ahead.js";

/** Two lines, `TcpExt: NAME NAME …` and `TcpExt: 1 2 …`. */
interface Pair {
  readonly protocol: string;
  readonly names: readonly string[];
  /** All that stands before the first number, from the end of the last pair on. */
  readonly lead: Buffer;
  /** Not even a space stood behind the second name. */
  readonly isBare: boolean;
  /** Where its first number goes. */
  readonly first: number;
}

const [space, newline, minus, zero] = [0x20, 0x0a, 0x2d, 0x30];
/** Up to so many digits a number is exact while it is added up. */
const exactDigits = 15;

/** The numbers of one reading, by position, and where each stands. */
interface Numbers {
  readonly values: Float64Array;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
}

const noNumbers = (count: number): Numbers => ({
  values: new Float64Array(count),
  starts: new Int32Array(count),
  ends: new Int32Array(count),
});

interface Layout {
  readonly pairs: readonly Pair[];
  /** What stands behind the last pair. */
  readonly tail: Buffer;
}

function learn(text: string): Layout {
  const lines = text.split("\n");
  const pairs: Pair[] = [];
  let [first, lead] = [0, ""];
  for (let at = 0; at < lines.length; at++) {
    const [protocol, ...names] = lines[at]!.split(" ");
    const follower = lines[at + 1];
    if (!/.:$/.test(protocol!) || follower === undefined || follower.split(" ", 1)[0] !== protocol) {
      lead += `${lines[at]}\n`;
      continue;
    }
    const isBare = follower.length === protocol!.length;
    const start = isBare ? follower : `${protocol} `;
    pairs.push({
      protocol: protocol!.slice(0, -1),
      names,
      isBare,
      lead: Buffer.from(`${lead}${lines[at]}\n${start}`, "latin1"),
      first,
    });
    lead = "";
    first += names.length;
    at++;
  }
  // The last line's end was none.
  return { pairs, tail: Buffer.from(lead.slice(0, -1), "latin1") };
}

// The numbers of one line; returns where the next line begins. What is no number is NaN.
function readLine(bytes: Buffer, size: number, from: number, { first, names }: Pair, numbers: Numbers): number {
  const { values, starts, ends } = numbers;
  const end = first + names.length;
  let index = first;
  let token = from;
  let value = 0;
  let sound = true;
  let at = from;
  for (; ; at++) {
    const byte = at < size ? bytes[at]! : newline;
    const digit = byte - zero;
    if (digit >= 0 && digit <= 9) {
      value = value * 10 + digit;
    } else if (byte === space || byte === newline) {
      if (index < end) {
        starts[index] = token;
        ends[index] = at;
        values[index] = sound ? numberOf(bytes, token, at, value) : Number.NaN;
      }
      index++;
      if (byte === newline) break;
      token = at + 1;
      value = 0;
      sound = true;
    } else if (byte !== minus || at !== token) {
      sound = false;
    }
  }
  values.fill(Number.NaN, Math.min(index, end), end);
  return at + 1;
}

function numberOf(bytes: Buffer, from: number, to: number, value: number): number {
  const negative = bytes[from] === minus;
  const digits = to - from - (negative ? 1 : 0);
  if (digits === 0) return Number.NaN;
  if (digits > exactDigits) return Number(bytes.toString("latin1", from, to));
  return negative ? -value : value;
}

// The counters as properties that decode when they are asked for.
function tableOf(pairs: readonly Pair[], numbers: Numbers, bytes: () => Buffer): ProtocolTable {
  const { values, starts, ends } = numbers;
  const big = (at: number): bigint => BigInt(bytes().toString("latin1", starts[at], ends[at]));
  const getter = (name: string, at: number) => (): number | bigint | undefined => {
    if (Number.isNaN(values[at])) return undefined;
    return name.endsWith("Octets") ? big(at) : values[at];
  };
  const protocols = pairs.map(({ protocol, names, first }) => {
    const counters = {};
    for (const [i, name] of names.entries())
      if (name !== "")
        Object.defineProperty(counters, name, { enumerable: true, configurable: true, get: getter(name, first + i) });
    return [protocol, counters] as const;
  });
  return Object.fromEntries(protocols) as ProtocolTable;
}

/** A parser of one file's bytes. What it returns shows the last reading, always the same object while the names stay. */
export function createCounterParser(): (bytes: Buffer, size: number) => ProtocolTable {
  let layout: Layout = { pairs: [], tail: Buffer.alloc(0) };
  let numbers = noNumbers(0);
  let table: ProtocolTable = {};
  let current: Buffer = Buffer.alloc(0);
  const readAll = (size: number): boolean => {
    const { pairs, tail } = layout;
    let at = 0;
    for (const pair of pairs) {
      const { lead } = pair;
      if (current.compare(lead, 0, lead.length, at, Math.min(size, at + lead.length)) !== 0) return false;
      at += lead.length;
      if (pair.isBare && at < size && current[at] !== newline) return false;
      at = readLine(current, size, at, pair, numbers);
    }
    return pairs.length > 0 && current.compare(tail, 0, tail.length, Math.min(at, size), size) === 0;
  };
  return (bytes, size) => {
    current = bytes;
    if (readAll(size)) return table;
    layout = learn(bytes.toString("latin1", 0, size));
    const { pairs } = layout;
    numbers = noNumbers(pairs.reduce((sum, { names }) => sum + names.length, 0));
    table = tableOf(pairs, numbers, () => current);
    readAll(size);
    return table;
  };
}

/** Opens such a file for periodic reading; what `read` returns shows the last reading. */
export const openCounterFile = (path: string, ahead?: ReadAhead): KeptReading<ProtocolTable> =>
  openDecoded(path, createCounterParser(), ahead);
