// The findings: the sentence with the figures; where there is room, what to change.
import type { Finding } from "../../explain/finding.js";
import { wrap } from "../view/columns.js";
import type { Paint } from "../view/paint.js";
import { shortTime } from "./figures.js";
import { cutEnd } from "./grid.js";
import { markOf } from "./marks.js";

/** How much of each finding is shown. */
export type Depth = (typeof depths)[number];
const depths = ["line", "sentence", "head", "remedy"] as const;

export interface FindingsView {
  readonly now: number;
  readonly width: number;
  readonly paint: Paint;
}

const indent = "  ";

const ago = (ms: number): string => shortTime(Math.max(1000, Math.round(ms / 1000) * 1000)) ?? "";

/** `▲ critical for 12 s  accept-queue-overflow: event-loop-blocked`. */
const headWords = (finding: Finding, now: number): string => {
  const { state, severity, symptom, cause, firstSeen, lastSeen } = finding;
  const since = state === "active" ? `${severity} for ${ago(now - firstSeen)}` : `resolved ${ago(now - lastSeen)} ago`;
  return `${since}  ${symptom}: ${cause}`;
};

const findingRow = (finding: Finding, depth: Depth, { now, width, paint }: FindingsView): readonly string[] => {
  const isOver = finding.state === "resolved";
  const [mark, style = "dim"] = markOf(finding);
  if (depth === "line") return [`${paint(style, mark)} ${cutEnd(finding.summary, width - 2)}`];
  if (depth === "sentence") return wrap(finding.summary, width, `${paint(style, mark)} `, indent);
  const [frame] = finding.stack ?? [];
  const said = frame === undefined || finding.summary.includes(frame);
  const [remedy] = isOver || finding.severity === "info" ? [] : finding.remedy;
  return [
    `${paint(style, mark)} ${paint(style, cutEnd(headWords(finding, now), width - 2))}`,
    ...wrap(finding.summary, width, indent),
    ...(said ? [] : [`${indent}${cutEnd(`at ${frame}`, width - 2)}`]),
    ...(depth === "remedy" && remedy !== undefined ? wrap(`→ ${remedy}`, width, indent, `${indent}  `) : []),
  ].map((line, index) => (index === 0 ? line : cutEnd(line, width)));
};

/** Everything that could be shown of all. */
export const allFindingLines = (findings: readonly Finding[], view: FindingsView): number =>
  findings.flatMap((finding) => findingRow(finding, "remedy", view)).length;

/** A block for each finding, together in `room` lines if a line each is: the first tell most. */
export const findingBlocks = (
  findings: readonly Finding[],
  room: number,
  view: FindingsView,
): readonly (readonly string[])[] => {
  let blocks = findings.map((finding) => findingRow(finding, "line", view));
  for (const depth of depths.slice(1))
    for (const [index, finding] of findings.entries()) {
      const deeper = blocks.with(index, findingRow(finding, depth, view));
      if (deeper.flat().length > room) return blocks;
      blocks = deeper;
    }
  return blocks;
};
