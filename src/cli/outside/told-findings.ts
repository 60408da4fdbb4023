// What the endpoint of another process told, taken for findings only where it has their form: it may be anybody's.
import type { Finding } from "../../explain/finding.js";

type Is = (value: unknown) => boolean;

const isText: Is = (value) => typeof value === "string";
const isNumber: Is = (value) => typeof value === "number";
const either =
  (...kinds: readonly Is[]): Is =>
  (value) =>
    kinds.some((is) => is(value));
const absentOr = (is: Is): Is => either((value) => value === undefined, is);
const oneOf =
  (...words: readonly string[]): Is =>
  (value) =>
    words.some((word) => word === value);
const listOf =
  (is: Is): Is =>
  (value) =>
    Array.isArray(value) && value.every(is);
const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;
const fields =
  (each: Readonly<Record<string, Is>>): Is =>
  (value) =>
    isObject(value) && Object.entries(each).every(([name, is]) => is(Reflect.get(value, name)));

/** Whoever shows it goes down all its levels: a prediction has three. */
const isShallow = (value: unknown, levels = 10): boolean =>
  !isObject(value) || (levels > 0 && Object.values(value).every((part) => isShallow(part, levels - 1)));

const isFinding: Is = fields({
  id: isText,
  symptom: isText,
  cause: isText,
  severity: oneOf("info", "warning", "critical"),
  confidence: isNumber,
  state: oneOf("active", "resolved"),
  subject: fields({
    kind: isText,
    address: absentOr(isText),
    port: absentOr(isNumber),
    path: absentOr(isText),
    peer: absentOr(isText),
    interface: absentOr(isText),
    cpu: absentOr(isNumber),
    pid: absentOr(isNumber),
    fd: absentOr(isNumber),
    count: absentOr(isNumber),
    examples: absentOr(listOf(isText)),
  }),
  summary: isText,
  evidence: listOf(fields({ name: isText, value: either(isText, isNumber), unit: absentOr(isText), source: isText })),
  ruledOut: listOf(fields({ cause: isText, because: isText })),
  stack: absentOr(listOf(isText)),
  remedy: listOf(isText),
  prediction: absentOr(isObject),
  firstSeen: isNumber,
  lastSeen: isNumber,
});

/** Of one answer. */
const mostFindings = 1000;

/** `undefined`: the answer is no list of findings. Those that have not their form are left out. */
export const parseFindings = (body: string): readonly Finding[] | undefined => {
  try {
    const value: unknown = JSON.parse(body);
    const list: unknown = isObject(value) ? Reflect.get(value, "findings") : undefined;
    return Array.isArray(list)
      ? list.filter((one): one is Finding => isShallow(one) && isFinding(one)).slice(0, mostFindings)
      : undefined;
  } catch {
    return undefined;
  }
};
