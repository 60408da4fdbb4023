// The part of JSON Schema 2020-12 that schema/log-line.schema.json uses, checked by hand: first violation or undefined.
import { readFileSync } from "node:fs";

type Schema = Readonly<Record<string, unknown>>;

const root = JSON.parse(readFileSync("schema/log-line.schema.json", "utf8")) as Schema;

const typeOf = (value: unknown): string =>
  value === null ? "null" : Array.isArray(value) ? "array" : Number.isInteger(value) ? "integer" : typeof value;

const isType = (value: unknown, type: string): boolean =>
  typeOf(value) === type || (type === "number" && typeOf(value) === "integer");

const lookUp = (ref: string): Schema => {
  const name = ref.replace("#/$defs/", "");
  const found = (root.$defs as Readonly<Record<string, Schema>>)[name];
  if (found === undefined) throw new Error(`no definition ${ref}`);
  return found;
};

type Check = (value: never, rule: never, path: string, schema: Schema) => string | undefined;

const first = (messages: readonly (string | undefined)[]): string | undefined => messages.find(Boolean);

const checks: Readonly<Record<string, Check>> = {
  $ref: (value, ref: string, path) => violation(value, lookUp(ref), path),
  type: (value, rule: string | string[], path) =>
    [rule].flat().some((type) => isType(value, type)) ? undefined : `${path} is ${typeOf(value)}, not ${rule}`,
  const: (value, rule, path) => (value === rule ? undefined : `${path} is not ${rule}`),
  enum: (value, rule: unknown[], path) => (rule.includes(value) ? undefined : `${path} is none of ${rule}`),
  minimum: (value: number, rule: number, path) => (value >= rule ? undefined : `${path} is below ${rule}`),
  maximum: (value: number, rule: number, path) => (value <= rule ? undefined : `${path} is above ${rule}`),
  required: (value: object, rule: string[], path) =>
    first(rule.map((key) => (Object.hasOwn(value, key) ? undefined : `${path}.${key} is missing`))),
  properties: (value: object, rule: Schema, path) =>
    first(
      Object.entries(value).map(([key, item]) =>
        rule[key] === undefined ? undefined : violation(item, rule[key] as Schema, `${path}.${key}`),
      ),
    ),
  additionalProperties: (value: object, rule: Schema, path) =>
    first(Object.entries(value).map(([key, item]) => violation(item, rule, `${path}.${key}`))),
  items: (value: unknown[], rule: Schema, path) =>
    first(value.map((item, index) => violation(item, rule, `${path}[${index}]`))),
  oneOf: (value, rule: Schema[], path) =>
    rule.filter((schema) => violation(value, schema, path) === undefined).length === 1
      ? undefined
      : `${path} fits not exactly one alternative`,
};

const words = new Set(["$schema", "title", "description", "$defs"]);

export const violation = (value: unknown, schema: Schema = root, path = "line"): string | undefined =>
  first(
    Object.entries(schema).map(([key, rule]) => {
      const check = checks[key];
      if (check === undefined && !words.has(key)) return `the schema uses ${key}`;
      return check?.(value as never, rule as never, path, schema);
    }),
  );
