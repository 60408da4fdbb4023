// Checks of a scenario's parts: one error that names the JSON path, what stood there and what is accepted.
import type { Pattern } from "./accept/scenario.js";

/** A malformed scenario. `message` is one line. */
export class ScenarioError extends Error {
  readonly path: string;
  constructor(path: string, found: unknown, accepted: string) {
    super(
      found === undefined
        ? `${path}: nothing stands here, ${accepted} is accepted`
        : `${path}: ${describe(found)} is not accepted here, ${accepted} is`,
    );
    this.name = "ScenarioError";
    this.path = path;
  }
}

const mostShown = 60;
const describe = (found: unknown): string => {
  if (typeof found === "number" && !Number.isFinite(found)) return String(found);
  const text = JSON.stringify(found) ?? typeof found;
  return text.length > mostShown ? `${text.slice(0, mostShown - 1)}…` : text;
};

export type Check = (value: unknown, path: string) => void;
export type Fields = Readonly<Record<string, Check>>;

export const fail = (path: string, found: unknown, accepted: string): never => {
  throw new ScenarioError(path, found, accepted);
};

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export const number =
  (from: number, to: number, isWhole = false): Check =>
  (value, path) => {
    const fits = typeof value === "number" && value >= from && value <= to && (!isWhole || Number.isInteger(value));
    if (!fits) fail(path, value, `${isWhole ? "an integer" : "a number"} from ${from} to ${to}`);
  };
export const integer = (from: number, to: number): Check => number(from, to, true);

export const oneOf =
  (...accepted: readonly unknown[]): Check =>
  (value, path) => {
    if (!accepted.includes(value)) fail(path, value, accepted.map((one) => JSON.stringify(one)).join(" or "));
  };

/** The first that fits; `accepted` says in words what the others would be. */
export const either =
  (literal: unknown, check: Check, accepted: string): Check =>
  (value, path) => {
    if (value === literal) return;
    try {
      check(value, path);
    } catch {
      fail(path, value, accepted);
    }
  };

export const object =
  (required: Fields, optional: Fields = {}): Check =>
  (value, path) => {
    const fields: Fields = { ...required, ...optional };
    const names = Object.keys(fields).join(", ");
    if (!isObject(value)) return fail(path, value, `an object with ${names}`);
    for (const [key, found] of Object.entries(value))
      if (!Object.hasOwn(fields, key)) fail(`${path}.${key}`, found, names);
    for (const key of Object.keys(required)) required[key]!(value[key], `${path}.${key}`);
    for (const key of Object.keys(optional)) if (value[key] !== undefined) optional[key]!(value[key], `${path}.${key}`);
  };

export const list =
  (check: Check): Check =>
  (value, path) => {
    if (!Array.isArray(value)) return fail(path, value, "an array");
    for (const [index, entry] of value.entries()) check(entry, `${path}[${index}]`);
  };

/** Seconds: ten days, far below what virtual nanoseconds can count. */
export const seconds: Check = number(0, 864_000);
export const positiveSeconds: Check = number(1e-9, 864_000);
export const most: number = 10_000_000;
export const count: Check = integer(0, most);
export const rate: Check = number(1e-6, 1e9);
export const boolean: Check = oneOf(true, false);
export const int32: number = 2 ** 31 - 1;

/** A pattern is told by `at` or by `from`. */
export const pattern =
  (countCheck: Check, optional: Fields = {}): Check =>
  (value, path) => {
    if (isObject(value) && "from" in value) {
      object({ from: seconds, until: seconds, rate }, optional)(value, path);
    } else if (isObject(value) && "at" in value) object({ at: seconds, count: countCheck }, optional)(value, path);
    else fail(path, value, "{ at, count } or { from, until, rate }");
  };

/** Each pattern of `$.arrivals` alone may be in bounds and all together not. `what`: arrivals, in the kind's word. */
export function boundTotal(
  { arrivals, until: end = Number.POSITIVE_INFINITY }: { arrivals: readonly Pattern[]; until?: number | undefined },
  what: string,
): void {
  let total = 0;
  for (const [index, one] of arrivals.entries()) {
    total += "at" in one ? one.count : one.rate * Math.max(0, Math.min(one.until, end) - one.from);
    if (total > most) fail(`$.arrivals[${index}]`, one, `what makes at most ${most} ${what} in all`);
  }
}
