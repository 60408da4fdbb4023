// What `--set KEY=1..64` stands for: a scenario for each value; two such keys make a grid.
import { UsageError } from "../command.js";
import { parseAssignment, parseValue, setValue } from "./assignment.js";

/** A key and the values that it takes one after the other. */
export interface Axis {
  readonly key: string;
  readonly values: readonly unknown[];
}

export interface Sweep {
  /** The scenario with what has one value only. */
  readonly scenario: unknown;
  readonly axes: readonly Axis[];
}

/** One run of a sweep. */
export interface Variant {
  readonly set: Readonly<Record<string, unknown>>;
  readonly scenario: unknown;
}

const mostRuns = 10_000;
const mostAxes = 2;

const number = String.raw`-?\d+(?:\.\d+)?`;
const range = new RegExp(`^(${number})\\.\\.(${number})(?:([*+])(${number}))?$`);
const accepted = "accepted are FROM..TO with TO above FROM, FROM..TO+STEP, FROM..TO*FACTOR with a factor above 1";

/** Sums and products of decimals as a person would write them: 0.3, not 0.30000000000000004. */
const tidy = (value: number): number => Number(value.toPrecision(12));

/** Lazy: how many there are is known before they are made. */
function* rangeOf(text: string, [from, to, sign, by]: readonly [number, number, string, number]): Generator<number> {
  const isGeometric = sign === "*";
  if (!(to > from) || (isGeometric ? by <= 1 || from <= 0 : by <= 0))
    throw new UsageError(`--set: "${text}" is not accepted; ${accepted}`);
  const isWhole = Number.isInteger(from) && Number.isInteger(to);
  let last: number | undefined;
  let exact = from;
  for (let index = 1; exact <= to; index += 1) {
    const value = isWhole && isGeometric ? Math.round(exact) : tidy(exact);
    if (value !== last) yield value;
    last = value;
    exact = isGeometric ? exact * by : tidy(from + index * by);
  }
}

/** The values that a text stands for: a range, a list like `1,2,4` (or of words), or one. */
const valuesOf = (text: string): Iterable<unknown> => {
  const [, from, to, sign = "+", by = "1"] = range.exec(text) ?? [];
  if (from !== undefined) return rangeOf(text, [Number(from), Number(to), sign, Number(by)]);
  const isList = text.includes(",") && !/[[\]{}"]/.test(text);
  return isList ? text.split(",").map(parseValue) : [parseValue(text)];
};

const take = (key: string, text: string): readonly unknown[] => {
  const values: unknown[] = [];
  for (const value of valuesOf(text)) {
    values.push(value);
    if (values.length > mostRuns)
      throw new UsageError(
        `--set: "${key}=${text}" makes more than ${mostRuns} runs; FROM..TO+STEP and FROM..TO*FACTOR make fewer`,
      );
  }
  return values;
};

/** Throws `UsageError` with what is accepted. */
export const sweepOf = (document: unknown, assignments: readonly string[]): Sweep => {
  let scenario = document;
  const axes: Axis[] = [];
  for (const { key, text } of assignments.map(parseAssignment)) {
    const values = take(key, text);
    if (values.length > 1) axes.push({ key, values });
    else scenario = setValue(scenario, key, values[0]);
  }
  const keys = axes.map(({ key }) => key);
  if (axes.length > mostAxes)
    throw new UsageError(`--set: ${keys.join(", ")} are swept; at most ${mostAxes} keys at a time can be`);
  const runs = axes.reduce((product, { values }) => product * values.length, 1);
  if (runs > mostRuns)
    throw new UsageError(`--set: ${keys.join(" × ")} makes ${runs} runs; at most ${mostRuns} are accepted`);
  return { scenario, axes };
};

/** Every combination, the last key's values fastest. */
export function* variantsOf({ scenario, axes }: Sweep, set: Variant["set"] = {}): Generator<Variant> {
  const [axis, ...rest] = axes;
  if (!axis) return yield { set, scenario };
  for (const value of axis.values)
    yield* variantsOf({ scenario: setValue(scenario, axis.key, value), axes: rest }, { ...set, [axis.key]: value });
}
