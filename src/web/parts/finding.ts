// A finding as a card: the sentence, then evidence, what was ruled out, remedy, prediction and stack. Everything is text:
// what a finding quotes (paths, names of functions) can never become markup.
import type { Evidence, Finding } from "../../explain/finding.js";
import { inWords, plainValue, subjectText, wordsOf } from "../../explain/finding-words.js";
import { html } from "./element.js";
import { clock, span } from "./units.js";

const marks: Readonly<Record<Finding["severity"], string>> = {
  critical: "▲ critical",
  warning: "▲ warning",
  info: "· info",
};

export interface FindingOptions {
  /** The evidence and the rest are unfolded; default: of what is active. */
  readonly isOpen?: boolean | undefined;
  /** The verdict becomes a button. */
  readonly onPick?: ((finding: Finding) => void) | undefined;
}

/** The whole finding as an `<article>`. */
export const renderFinding = (finding: Finding, options: FindingOptions = {}): HTMLElement => {
  const { severity, state, summary } = finding;
  const isOpen = options.isOpen ?? state === "active";
  return html(
    "article",
    { class: "finding", "data-finding": finding.id, "data-severity": severity, "data-state": state },
    headOf(finding, options),
    html("p", { class: "sentence" }, summary),
    html("details", { open: isOpen }, html("summary", {}, "Evidence and what to do"), ...findingSections(finding)),
  );
};

const headOf = (finding: Finding, { onPick }: FindingOptions): HTMLElement => {
  const words = finding.state === "resolved" ? "✓ resolved" : marks[finding.severity];
  const verdict = `${finding.symptom} because ${finding.cause}`;
  const name = html("h3", { class: "verdict" });
  if (onPick) {
    const button = html("button", { type: "button", class: "pick" }, verdict);
    button.addEventListener("click", () => onPick(finding));
    name.append(button);
  } else name.append(verdict);
  const lasted = span(finding.lastSeen - finding.firstSeen);
  return html(
    "header",
    {},
    html("span", { class: "severity" }, words),
    name,
    html("span", {}, subjectText(finding.subject)),
    html("span", {}, `since ${clock(finding.firstSeen)}, for ${lasted}`),
    html("span", {}, `confidence ${finding.confidence.toFixed(2)}`),
  );
};

/** Everything but the sentence, each part under its heading; parts that are empty are left out. */
export const findingSections = (finding: Finding): readonly HTMLElement[] => [
  ...section("Evidence", finding.evidence.length > 0 ? evidenceTable(finding.evidence) : undefined),
  ...section(
    "Ruled out",
    list(
      "ul",
      finding.ruledOut.map(({ cause, because }) => `${cause}: ${because}`),
    ),
  ),
  ...section("What to do", list("ol", finding.remedy)),
  ...section(
    "With the remedy, says the model",
    list(
      "ul",
      Object.entries(finding.prediction ?? {}).map(([name, value]) => `${wordsOf(name)}: ${inWords(value)}`),
    ),
  ),
  ...section("The code", list("ol", finding.stack ?? [], "stack")),
];

const section = (title: string, body: HTMLElement | undefined): readonly HTMLElement[] =>
  body === undefined ? [] : [html("h4", {}, title), body];

const list = (tag: "ul" | "ol", lines: readonly string[], name?: string): HTMLElement | undefined =>
  lines.length === 0 ? undefined : html(tag, { class: name }, ...lines.map((line) => html("li", {}, line)));

const evidenceTable = (evidence: readonly Evidence[]): HTMLElement =>
  html("table", {}, html("tbody", {}, ...evidence.map(evidenceRow)));

const evidenceRow = ({ name, value, unit, source }: Evidence): HTMLElement => {
  const wordy = typeof value === "string" && value.length > 16;
  return html(
    "tr",
    {},
    html("th", { scope: "row" }, name),
    html("td", { class: wordy ? "value wordy" : "value" }, [plainValue(value), unit].filter(Boolean).join(" ")),
    html("td", { class: "source kernel" }, source),
  );
};
