// A flight record: NDJSON, one line of where it was taken, then one frame a line. Findings are within the frames.
import type { Frame } from "../frame/frame.js";

/** The first line: where and with what the frames were taken. */
export interface RecordHeader {
  readonly v: 1;
  readonly kind: "sockscope-record";
  readonly version: string;
  readonly node: string;
  readonly kernel: string;
  readonly hostname: string;
  /** The process that was watched; absent where it was all of a network namespace, from outside. */
  readonly pid?: number | undefined;
  /** When the observer began, epoch ms. */
  readonly started: number;
  /** Kernel settings by their names below /proc/sys (`net.core.somaxconn`), as they stand there. */
  readonly sysctl?: Readonly<Record<string, string>> | undefined;
  /** The agent's options, without secrets. */
  readonly options?: Readonly<Record<string, unknown>> | undefined;
  /** The machine, by `systeminformation`; only in what the command line has taken. */
  readonly inventory?: unknown;
}

/** A record as it was read. */
export interface FlightRecord {
  /** Absent: its line was lost. */
  readonly header?: RecordHeader | undefined;
  readonly frames: readonly Frame[];
  /** Lines that are no part of a record, and what is wrong with the first of them. */
  readonly lost: number;
  readonly problem?: string | undefined;
}

/** Total: what can be read is used, the rest is counted. */
export const readRecord = (text: string): FlightRecord => {
  const frames: Frame[] = [];
  let header: RecordHeader | undefined;
  let lost = 0;
  let problem: string | undefined;
  for (const [index, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue;
    const value = parsed(line);
    if (isHeader(value)) header ??= value;
    else if (isFrame(value)) frames.push(value);
    else {
      lost += 1;
      problem ??= `line ${index + 1} is ${value === undefined ? "no JSON" : "neither a header nor a frame"}`;
    }
  }
  return { header, frames, lost, problem };
};

const parsed = (line: string): unknown => {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
};

const isHeader = (value: unknown): value is RecordHeader =>
  typeof value === "object" && value !== null && "kind" in value && value.kind === "sockscope-record";

/** Whoever draws a frame goes through these lists, and the lists of their rows. */
const lists: Readonly<Record<"loops" | "listeners" | "stalls" | "findings", readonly string[]>> = {
  loops: [],
  listeners: ["points"],
  stalls: ["frames"],
  findings: ["evidence", "ruledOut", "remedy"],
};

const isFrame = (value: unknown): value is Frame =>
  typeof value === "object" &&
  value !== null &&
  ["time", "at"].every((name) => typeof Reflect.get(value, name) === "number") &&
  Object.entries(lists).every(([name, inner]) => isListOf(Reflect.get(value, name), inner)) &&
  isConnections(Reflect.get(value, "connections"));

const isConnections = (value: unknown): boolean =>
  value === undefined ||
  (typeof value === "object" && value !== null && isListOf(Reflect.get(value, "rows"), ["findings"]));

/** Objects that have these lists. */
const isListOf = (value: unknown, inner: readonly string[]): boolean =>
  Array.isArray(value) &&
  value.every(
    (row: unknown) =>
      typeof row === "object" && row !== null && inner.every((name) => Array.isArray(Reflect.get(row, name))),
  );
