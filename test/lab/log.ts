// The agent's NDJSON log as the lab reads it back while it grows.
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Finding } from "../../src/explain/finding.js";
import type { Defer } from "./command.js";

export interface LogLine {
  readonly level: number;
  readonly time: number;
  readonly pid: number;
  readonly event: "finding" | "sample" | "status";
  readonly msg: string;
  readonly finding?: Finding | undefined;
  readonly sample?: { readonly listeners: readonly unknown[] } | undefined;
}

export interface Log {
  readonly path: string;
  lines(): readonly LogLine[];
  /** Every line that carries a finding, in the order in which they were written. */
  findings(): readonly (LogLine & { readonly finding: Finding })[];
}

const parse = (text: string): LogLine[] =>
  text
    .slice(0, text.lastIndexOf("\n") + 1)
    .split("\n")
    .filter((line) => line !== "")
    .map((line): LogLine => JSON.parse(line));

const carries = (line: LogLine): line is LogLine & { finding: Finding } => line.finding !== undefined;

/** A fresh log file in a folder of its own. */
export const createLog = (defer: Defer): Log => {
  const folder = mkdtempSync(join(tmpdir(), "sockscope-lab-"));
  defer(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, "log.ndjson");
  const lines = (): readonly LogLine[] => (existsSync(path) ? parse(readFileSync(path, "utf8")) : []);
  return { path, lines, findings: () => lines().filter(carries) };
};
