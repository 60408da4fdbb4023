// The side panel: explains whatever was pressed and follows its figures. Escape closes it and the focus goes back.
import { html, setText } from "../parts/element.js";
import { figureRow } from "../parts/figures.js";
import { renderFinding } from "../parts/finding.js";
import type { PanelContent, Selection } from "./panel-content.js";

export interface Panel {
  readonly element: HTMLElement;
  readonly selection: () => Selection | undefined;
  readonly open: (selection: Selection) => void;
  readonly show: (content: PanelContent) => void;
}

/** `ask`: what `/explain` says to a query. `onOpen`: the panel needs its content. */
export interface PanelOptions {
  readonly ask: (query: string) => Promise<readonly string[]>;
  readonly onOpen: () => void;
}

export const createPanel = ({ ask, onOpen }: PanelOptions): Panel => {
  let selection: Selection | undefined;
  let opener: Element | null = null;
  let asked: string | undefined;
  let findingsShown = "";
  const title = html("h2", { tabindex: -1 });
  const close = html("button", { type: "button", class: "close", "aria-label": "Close the explanation" }, "×");
  const meaning = html("div", { class: "meaning" });
  const figures = html("dl", { class: "figures" });
  const words = html("div", { class: "words" });
  const findings = html("div", { class: "cards" });
  const element = html(
    "aside",
    { class: "panel", "aria-label": "Explanation", hidden: true },
    html("header", {}, title, close),
    meaning,
    words,
    findings,
    figures,
  );
  const shut = (): void => {
    element.hidden = true;
    selection = undefined;
    if (opener instanceof HTMLElement || opener instanceof SVGElement) opener.focus();
  };
  close.addEventListener("click", shut);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && selection) shut();
  });
  const askAgain = (query: string): void => {
    asked = query;
    words.replaceChildren(html("h3", {}, "In words"), html("p", {}, "Asking…"));
    const isCurrent = (): boolean => asked === query && selection !== undefined;
    void ask(query).then((lines) => {
      if (!isCurrent()) return;
      const again = html("button", { type: "button", class: "again" }, "Ask again");
      again.addEventListener("click", () => askAgain(query));
      words.replaceChildren(
        html("h3", {}, "In words, a moment ago"),
        ...lines.map((line) => html("p", {}, line)),
        again,
      );
    });
  };
  return {
    element,
    selection: () => selection,
    open(next) {
      if (!selection) opener = document.activeElement;
      selection = next;
      asked = undefined;
      findingsShown = "";
      words.replaceChildren();
      element.hidden = false;
      onOpen();
      element.scrollTop = 0;
      title.focus({ preventScroll: true });
    },
    show(content) {
      setText(title, content.title);
      if (meaning.textContent !== content.meaning.join(""))
        meaning.replaceChildren(...content.meaning.map((line) => html("p", {}, line)));
      figures.replaceChildren(...content.figures.map(figureRow));
      const text = JSON.stringify(content.findings);
      if (text !== findingsShown) {
        findings.replaceChildren(
          ...content.findings.map((finding) => renderFinding(finding, { isOpen: selection?.kind === "finding" })),
        );
        findingsShown = text;
      }
      if (content.ask !== undefined && content.ask !== asked) askAgain(content.ask);
    },
  };
};
