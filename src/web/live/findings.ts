// The list of findings: active ones first, resolved ones faded. A card is made anew only when its finding has changed, so what
// somebody has unfolded, selected or focused stays as it is.
import type { Finding } from "../../explain/finding.js";
import { html, setText } from "../parts/element.js";
import { renderFinding } from "../parts/finding.js";
import { span } from "../parts/units.js";
import { ranked } from "./findings-order.js";

export interface FindingsView {
  readonly element: HTMLElement;
  /** `quietMs`: how long the frames that are here reach back. */
  readonly update: (findings: readonly Finding[], quietMs: number | undefined) => void;
}

interface Card {
  readonly text: string;
  readonly element: HTMLElement;
}

export const createFindingsView = (onPick: (id: string) => void): FindingsView => {
  const cards = new Map<string, Card>();
  const list = html("div", { class: "cards" });
  const quiet = html("p", { class: "quiet" });
  const element = html(
    "section",
    { class: "findings", "aria-labelledby": "findings-title" },
    html("h2", { id: "findings-title" }, "Findings"),
    quiet,
    list,
  );
  return {
    element,
    update(findings, quietMs) {
      const inOrder = ranked(findings);
      for (const id of cards.keys()) if (!findings.some((finding) => finding.id === id)) cards.delete(id);
      for (const finding of inOrder) cards.set(finding.id, cardOf(finding, cards.get(finding.id), onPick));
      const wanted = inOrder.map(({ id }) => cards.get(id)!.element);
      if (wanted.length !== list.children.length || wanted.some((card, n) => list.children[n] !== card))
        replace(list, wanted);
      setText(quiet, quietText(findings, quietMs));
      quiet.hidden = quiet.textContent === "";
    },
  };
};

const cardOf = (finding: Finding, before: Card | undefined, onPick: (id: string) => void): Card => {
  const text = JSON.stringify(finding);
  if (before?.text === text) return before;
  const opened = before?.element.querySelector("details")?.open;
  const isOpen = finding.state === "resolved" ? false : opened;
  return { text, element: renderFinding(finding, { isOpen, onPick: ({ id }) => onPick(id) }) };
};

/** What had the focus keeps it, in its new card. */
const replace = (list: HTMLElement, cards: readonly HTMLElement[]): void => {
  const focused = document.activeElement?.closest("[data-finding]");
  const name = document.activeElement?.tagName.toLowerCase();
  list.replaceChildren(...cards);
  if (!focused || !name) return;
  const card = cards.find((one) => one.dataset.finding === focused.getAttribute("data-finding"));
  card?.querySelector<HTMLElement>(name)?.focus();
};

const quietText = (findings: readonly Finding[], quietMs: number | undefined): string => {
  if (quietMs === undefined || findings.some(({ state }) => state === "active")) return "";
  if (findings.length > 0) return "Nothing active now.";
  return quietMs < 2000 ? "Nothing to report so far." : `Nothing to report in the last ${span(quietMs)}.`;
};
