// A finding as a readable block: the sentence, the code, the evidence, what was ruled out, and what to change.
import { stripVTControlCharacters } from "node:util";
import type { Evidence, Finding, Severity } from "../../explain/finding.js";
import { inWords, plainValue, subjectText, verdict, wordsOf } from "../../explain/finding-words.js";
import { wrap } from "./columns.js";
import type { Paint, Style } from "./paint.js";

export interface View {
  readonly width: number;
  readonly paint: Paint;
}

const marks: Readonly<Record<Severity, readonly [string, Style]>> = {
  critical: ["▲ critical", "red"],
  warning: ["▲ warning", "yellow"],
  info: ["· info", "cyan"],
};
const labelWidth = 11;
/** More evidence than this is counted; --json has it all. */
const evidenceShown = 10;

/** First line of a block: severity, symptom, cause. */
const headline = (finding: Finding, { paint }: View): string => {
  const [mark, style] = marks[finding.severity];
  const words = finding.state === "resolved" ? "✓ resolved" : mark;
  return `${paint(finding.state === "resolved" ? "green" : style, words)}  ${paint("bold", verdict(finding))}`;
};

/** The finding in brief: headline, sentence, the innermost frame unless the sentence has it. */
export const briefLines = (finding: Finding, view: View): readonly string[] => {
  const [frame] = finding.stack ?? [];
  const said = frame === undefined || finding.summary.includes(frame);
  return [
    headline(finding, view),
    ...wrap(finding.summary, view.width, "  "),
    ...(said ? [] : wrap(`at ${frame}`, view.width, "  ", "     ")),
  ];
};

/** What to change, as a section of its own. */
export const remedyLines = ({ remedy }: Finding, view: View): readonly string[] =>
  section(view.paint("dim", "remedy"), numbered(remedy), view);

const numbered = (lines: readonly string[]): readonly string[] => lines.map((line, index) => `${index + 1}. ${line}`);

/** The whole finding; `rows`: how many of its evidence. */
export const findingLines = (finding: Finding, view: View, rows: number = evidenceShown): readonly string[] => {
  const { paint } = view;
  const sections: readonly (readonly [string, readonly string[]])[] = [
    ["where", [`${subjectText(finding.subject)}, confidence ${finding.confidence.toFixed(2)}`]],
    ["code", finding.stack ?? []],
    ["evidence", evidenceRows(finding.evidence, rows, view)],
    ["ruled out", finding.ruledOut.map(({ cause, because }) => `${cause}: ${because}`)],
    ["remedy", numbered(finding.remedy)],
    [
      "predicted",
      Object.entries(finding.prediction ?? {}).map(([name, value]) => `${wordsOf(name)}: ${inWords(value)}`),
    ],
  ];
  return [
    headline(finding, view),
    ...wrap(finding.summary, view.width, "  "),
    ...sections.flatMap(([name, lines]) => section(paint("dim", name), lines, view)),
  ];
};

const section = (name: string, rows: readonly string[], { width }: View): readonly string[] => {
  const gap = labelWidth - stripVTControlCharacters(name).length;
  return rows.flatMap((row, index) => {
    const first = index === 0 ? `  ${name}${" ".repeat(gap)}` : " ".repeat(labelWidth + 2);
    return wrap(row, width, first, " ".repeat(labelWidth + 2 + (/^\d+\. /.test(row) ? 3 : 2)));
  });
};

/** `listener drops: 197 segments (SO_MEMINFO[8])`. */
const evidenceRows = (evidence: readonly Evidence[], rows: number, { paint }: View): readonly string[] => [
  ...evidence
    .slice(0, rows)
    .map(
      ({ name, value, unit, source }) =>
        `${name}: ${[plainValue(value), unit].filter(Boolean).join(" ")} ${paint("dim", `(${source})`)}`,
    ),
  ...(evidence.length > rows ? [`and ${evidence.length - rows} more (--json has them all)`] : []),
];
