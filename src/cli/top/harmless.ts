// A frame whose texts can be written to a terminal as they are, whatever a peer or a file's name has put into them.
import type { Frame } from "../../export/frame/frame.js";
import { printable } from "../view/printable.js";

const clean = (value: unknown): unknown => {
  if (typeof value === "string") return printable(value);
  if (Array.isArray(value)) return value.map(clean);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [printable(name), clean(part)]));
};

export const harmless = (frame: Frame): Frame => clean(frame) as Frame;
