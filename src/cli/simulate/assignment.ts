// `--set a.b.0=VALUE`: one value of a JSON document. VALUE is JSON, or text where it is not.
import { UsageError } from "../command.js";

export interface Assignment {
  readonly key: string;
  readonly text: string;
}

type Container = Record<string, unknown>;

const isContainer = (value: unknown): value is Container => typeof value === "object" && value !== null;

/** Throws `UsageError` where it is none. */
export const parseAssignment = (assignment: string): Assignment => {
  const [, key = "", text = ""] = /^([\w.]+)=(.*)$/s.exec(assignment) ?? [];
  const names = key.split(".");
  if (key === "" || names.includes("") || names.includes("__proto__"))
    throw new UsageError(`--set: "${assignment}" is not accepted; KEY=VALUE is, like listener.backlog=16`);
  return { key, text };
};

/** JSON, or the text itself. */
export const parseValue = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
};

/** Returns the document with the value set; objects on the way are made where they are missing. */
export const setValue = (document: unknown, key: string, value: unknown): unknown => {
  const names = key.split(".");
  const root = structuredClone(document);
  let place: unknown = root;
  for (const name of names.slice(0, -1)) {
    if (isContainer(place) && !Object.hasOwn(place, name)) place[name] = {};
    place = isContainer(place) ? place[name] : undefined;
  }
  if (!isContainer(place))
    throw new UsageError(`--set: the scenario has no object at "${names.slice(0, -1).join(".")}"`);
  place[names.at(-1)!] = value;
  return root;
};
