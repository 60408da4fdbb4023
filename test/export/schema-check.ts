// The part of JSON Schema 2020-12 that schema/log-line.schema.json uses, checked by hand: first violation or undefined.
import { readFileSync } from "node:fs";

interface Schema {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Schema>>;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema;
  readonly items?: Schema;
  readonly oneOf?: readonly Schema[];
}

const root: Schema = JSON.parse(readFileSync("schema/log-line.schema.json", "utf8"));

const known = `$schema $ref $defs title description type const enum minimum maximum required properties
  additionalProperties items oneOf`.split(/\s+/);

const typeOf = (value: unknown): string =>
  value === null ? "null" : Array.isArray(value) ? "array" : Number.isInteger(value) ? "integer" : typeof value;

const isType = (value: unknown, type: string): boolean =>
  typeOf(value) === type || (type === "number" && typeOf(value) === "integer");

const scalarViolation = (value: unknown, schema: Schema, path: string): string | undefined => {
  const types = schema.type === undefined ? undefined : [schema.type].flat();
  if (types?.some((type) => isType(value, type)) === false) return `${path} is ${typeOf(value)}, not ${types.join()}`;
  if ("const" in schema && value !== schema.const) return `${path} is not ${String(schema.const)}`;
  if (schema.enum?.includes(value) === false) return `${path} is none of ${schema.enum.join()}`;
  if (typeof value !== "number") return undefined;
  if (schema.minimum !== undefined && value < schema.minimum) return `${path} is below ${schema.minimum}`;
  return schema.maximum !== undefined && value > schema.maximum ? `${path} is above ${schema.maximum}` : undefined;
};

const memberViolation = (value: unknown, schema: Schema, path: string): string | undefined => {
  if (typeof value !== "object" || value === null) return undefined;
  const missing = schema.required?.find((key) => !Object.hasOwn(value, key));
  if (missing !== undefined) return `${path}.${missing} is missing`;
  const inside = Object.entries(value).map(([key, item]) => {
    const rule = schema.items ?? schema.properties?.[key] ?? schema.additionalProperties;
    return rule && violation(item, rule, `${path}.${key}`);
  });
  return inside.find(Boolean);
};

export const violation = (value: unknown, schema: Schema = root, path = "line"): string | undefined => {
  const unknown = Object.keys(schema).find((key) => !known.includes(key));
  if (unknown !== undefined) return `the schema uses ${unknown}`;
  const target = schema.$ref === undefined ? undefined : root.$defs?.[schema.$ref.replace("#/$defs/", "")];
  if (schema.$ref !== undefined) return target ? violation(value, target, path) : `${schema.$ref} is not defined`;
  const fitting = schema.oneOf?.filter((one) => violation(value, one, path) === undefined).length;
  if (fitting !== undefined && fitting !== 1) return `${path} fits not exactly one alternative`;
  return scalarViolation(value, schema, path) ?? memberViolation(value, schema, path);
};
