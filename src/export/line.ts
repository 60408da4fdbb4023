// One log line: valid JSON, one write of at most 4,096 bytes. That is PIPE_BUF: a pipe takes it whole or not at all,
// and it never mixes with the lines of other processes on the same pipe (pipe(7)).
import { jsonOf } from "./json.js";

export const lineLimitBytes = 4096;

export type Payload = Readonly<Record<string, unknown>>;

export interface LineParts {
  readonly head: Payload;
  readonly msg: string;
  readonly event: string;
  readonly payload: Payload;
  /** Keys of the payload in the order in which they are cut; lists lose their last items, anything else goes whole. */
  readonly trims: readonly string[];
  /** How many items are missing under each key. */
  readonly cut?: Readonly<Record<string, number>> | undefined;
}

const encode = ({ head, msg, event, payload, cut }: LineParts): Buffer =>
  Buffer.from(`${jsonOf({ ...head, msg, v: 1, event, [event]: { ...payload, cut } })}\n`);

const fits = (parts: LineParts): boolean => encode(parts).length <= lineLimitBytes;

/** The largest n in [0, most] for which `holds(n)`, given that it holds for all smaller ones; 0 when for none. */
const largest = (most: number, holds: (n: number) => boolean): number => {
  let low = 0;
  let high = most;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (holds(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
};

/** Without the last items under `key`; `cut` says how many are missing. */
const withItems = (parts: LineParts, key: string, count: number): LineParts => {
  const value = parts.payload[key];
  const isList = Array.isArray(value);
  const cut = { ...parts.cut, [key]: isList ? value.length - count : 1 };
  return { ...parts, cut, payload: { ...parts.payload, [key]: isList ? value.slice(0, count) : undefined } };
};

const trim = (parts: LineParts, key: string): LineParts => {
  const value = parts.payload[key];
  if (value === undefined || fits(parts)) return parts;
  const most = Array.isArray(value) ? value.length - 1 : 0;
  if (most < 0) return parts;
  return withItems(
    parts,
    key,
    largest(most, (count) => fits(withItems(parts, key, count))),
  );
};

/** By code points, so that no pair of surrogates is torn. */
const clip = (text: string, length: number): string => {
  const points = Array.from(text);
  return points.length <= length ? text : `${points.slice(0, length).join("")}…`;
};

const withText = (parts: LineParts, length: number): LineParts => {
  const { summary } = parts.payload;
  const payload = typeof summary === "string" ? { ...parts.payload, summary: clip(summary, length) } : parts.payload;
  return { ...parts, msg: clip(parts.msg, length), payload };
};

/**
 * The line's bytes, newline included. Too long, it loses what the trims say and then the end of its sentence: the same
 * payload always gives the same line. `undefined` when even that does not fit.
 */
export const composeLine = (parts: LineParts): Buffer | undefined => {
  const whole = encode(parts);
  if (whole.length <= lineLimitBytes) return whole;
  const trimmed = parts.trims.reduce(trim, parts);
  const text = fits(trimmed)
    ? trimmed
    : withText(
        trimmed,
        largest(lineLimitBytes, (length) => fits(withText(trimmed, length))),
      );
  const line = encode(text);
  return line.length <= lineLimitBytes ? line : undefined;
};
