// Plain data whose texts can be written to a terminal as they are, whatever a peer or a file's name has put into them.
import { printable } from "./printable.js";

const clean = (value: unknown): unknown => {
  if (typeof value === "string") return printable(value);
  if (Array.isArray(value)) return value.map(clean);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [printable(name), clean(part)]));
};

/** A frame, a finding: the same with its texts made printable. */
export const harmless = <Data>(data: Data): Data => clean(data) as Data;
