// Lazy views as plain data, for JSON and for printing.
import { inspect } from "node:util";

export type Plain = Record<string, unknown>;

/** A bigint as a number up to 2^53, as a decimal string beyond; all else as it is. */
export function jsonable(value: unknown): unknown {
  if (typeof value !== "bigint") return value;
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : String(value);
}

/** The named properties of `view` that are there. */
export function plain(view: object, names: readonly string[]): Plain {
  const entries = names.map((name) => [name, jsonable((view as Plain)[name])] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

/** Gives views of a class `toJSON` by these names, and makes them print as that. */
export function showAs(prototype: object, names: readonly string[]): void {
  function toJSON(this: object): Plain {
    return plain(this, names);
  }
  Object.defineProperty(prototype, "toJSON", { value: toJSON });
  printAsJson(prototype);
}

/** Makes instances print as their `toJSON` gives them. */
export function printAsJson(prototype: object): void {
  function print(this: { toJSON(): unknown }): unknown {
    return this.toJSON();
  }
  Object.defineProperty(prototype, inspect.custom, { value: print });
}

/** The getters of a class, in the order of its source. */
export function gettersOf(prototype: object): string[] {
  return Object.entries(Object.getOwnPropertyDescriptors(prototype)).flatMap(([name, property]) =>
    "get" in property && property.get !== undefined ? [name] : [],
  );
}
