// Values of options: durations (500ms, 5s, 2m, 1h) and whole numbers.
import { UsageError } from "./command.js";

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** Milliseconds. Throws `UsageError` naming the option, the value and what is accepted. */
export const parseDurationMs = (option: string, value: string): number => {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(value);
  const ms = match ? Number(match[1]) * unitMs[match[2]!]! : Number.NaN;
  if (!(ms > 0) || ms > 24 * 3_600_000)
    throw new UsageError(`${option}: "${value}" is not a duration; accepted: 500ms, 5s, 2m, up to 24h`);
  return ms;
};

/** A whole number within bounds. Throws `UsageError` naming the option, the value and what is accepted. */
export const parseWhole = (option: string, value: string, min: number, max: number): number => {
  const number = /^\d+$/.test(value) ? Number(value) : Number.NaN;
  if (!(number >= min && number <= max))
    throw new UsageError(`${option}: "${value}" is not accepted; a whole number from ${min} to ${max} is`);
  return number;
};
