// The list of findings: active ones first, resolved ones faded. A finding that goes on keeps its card, so what
// somebody has unfolded, focused or is pressing stays as it is.
import type { Finding } from "../../explain/finding.js";
import { html, setText } from "../parts/element.js";
import { createFindingCard, type FindingCard } from "../parts/finding.js";
import { span } from "../parts/units.js";
import { ranked } from "./findings-order.js";

export interface FindingsView {
  readonly element: HTMLElement;
  /** `quietMs`: how long the frames that are here reach back. */
  readonly update: (findings: readonly Finding[], quietMs: number | undefined) => void;
}

interface Card {
  readonly text: string;
  readonly card: FindingCard;
}

export const createFindingsView = (onPick: (id: string) => void): FindingsView => {
  const cards = new Map<string, Card>();
  const list = html("div", { class: "cards" });
  const quiet = html("p", { class: "quiet" }, "What goes wrong is told here, with its cause.");
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
      arrange(
        list,
        inOrder.map(({ id }) => cards.get(id)!.card.element),
      );
      setText(quiet, quietText(findings, quietMs));
      quiet.hidden = quiet.textContent === "";
    },
  };
};

/** In one column the sentences come first, then the picture; the rest unfolds. */
const opensFolded = (): false | undefined => (matchMedia("(max-width: 1279px)").matches ? false : undefined);

const cardOf = (finding: Finding, before: Card | undefined, onPick: (id: string) => void): Card => {
  const text = JSON.stringify(finding);
  if (before?.text === text) return before;
  const card = before?.card ?? createFindingCard(finding, { isOpen: opensFolded(), onPick: ({ id }) => onPick(id) });
  if (before) card.update(finding);
  return { text, card };
};

/** Cards move only where their order has changed; what had the focus keeps it. */
const arrange = (list: HTMLElement, cards: readonly HTMLElement[]): void => {
  if (wantsNothing(list, cards)) return;
  const focused = document.activeElement;
  list.replaceChildren(...cards);
  if (focused instanceof HTMLElement && list.contains(focused)) focused.focus();
};

const wantsNothing = (list: HTMLElement, cards: readonly HTMLElement[]): boolean =>
  cards.length === list.children.length && cards.every((card, n) => list.children[n] === card);

const quietText = (findings: readonly Finding[], quietMs: number | undefined): string => {
  if (quietMs === undefined || findings.some(({ state }) => state === "active")) return "";
  if (findings.length > 0) return "Nothing active now.";
  return quietMs < 2000 ? "Nothing to report so far." : `Nothing to report in the last ${span(quietMs)}.`;
};
