// A finding as a card: the sentence, then evidence, what was ruled out, remedy, prediction and stack. Everything is text:
// what a finding quotes (paths, names of functions) can never become markup.
import type { Evidence, Finding } from "../../explain/finding.js";
import { inWords, plainValue, subjectText, wordsOf } from "../../explain/finding-words.js";
import { html, setAttribute, setText } from "./element.js";
import type { Figure } from "./figure.js";
import { figureList } from "./figures.js";
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

export interface FindingCard {
  readonly element: HTMLElement;
  /** Shows the finding as it is now; what somebody has unfolded or is pressing stays. */
  readonly update: (finding: Finding) => void;
}

/** The whole finding as an `<article>`. */
export const renderFinding = (finding: Finding, options: FindingOptions = {}): HTMLElement =>
  createFindingCard(finding, options).element;

/** The same, for a finding that goes on. */
export const createFindingCard = (first: Finding, { isOpen, onPick }: FindingOptions = {}): FindingCard => {
  let shown = first;
  const severity = html("span", { class: "severity" });
  const name = onPick ? html("button", { type: "button", class: "pick" }) : html("span");
  name.addEventListener("click", () => onPick?.(shown));
  const [where, when, confidence] = [html("span"), html("span"), html("span")];
  const sentence = html("p", { class: "sentence" });
  const sections = html("div");
  const details = html("details", {}, html("summary", {}, "Evidence and what to do"), sections);
  const head = html("header", {}, severity, html("h3", { class: "verdict" }, name), where, when, confidence);
  const element = html("article", { class: "finding", "data-finding": first.id }, head, sentence, details);
  const update = (finding: Finding): void => {
    if (finding.state !== shown.state || finding === first) details.open = isOpen ?? finding.state === "active";
    shown = finding;
    setAttribute(element, "data-severity", finding.severity);
    setAttribute(element, "data-state", finding.state);
    setText(severity, finding.state === "resolved" ? "✓ resolved" : marks[finding.severity]);
    setText(name, `${finding.symptom} because ${finding.cause}`);
    setText(where, subjectText(finding.subject));
    setText(when, `since ${clock(finding.firstSeen)}, for ${span(finding.lastSeen - finding.firstSeen)}`);
    setText(confidence, `confidence ${finding.confidence.toFixed(2)}`);
    setText(sentence, finding.summary);
    const isUnfolded = sections.querySelector("details")?.open === true;
    sections.replaceChildren(...findingSections(finding));
    const more = sections.querySelector("details");
    if (more) more.open = isUnfolded;
  };
  update(first);
  return { element, update };
};

/** Everything but the sentence, each part under its heading; parts that are empty are left out. */
export const findingSections = (finding: Finding): readonly HTMLElement[] => [
  ...section("Evidence", finding.evidence.length > 0 ? evidenceList(finding.evidence) : undefined),
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

/** More than these are folded away: the first ones carry the finding. */
const evidenceShown = 6;

const evidenceList = (evidence: readonly Evidence[]): HTMLElement => {
  const figures = evidence.map(figureOf);
  const more = figures.slice(evidenceShown);
  return html(
    "div",
    {},
    figureList(figures.slice(0, evidenceShown)),
    more.length === 0
      ? undefined
      : html("details", { class: "more" }, html("summary", {}, `${more.length} more`), figureList(more)),
  );
};

const figureOf = ({ name, value, unit, source }: Evidence): Figure => ({
  name,
  value: [plainValue(value), unit].filter(Boolean).join(" "),
  kernel: source,
});
