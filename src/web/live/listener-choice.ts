// Which listener the picture and the charts are about: the worst, or the one that somebody chose.
import { html, setText } from "../parts/element.js";
import type { View } from "./tanks/tank.js";

export interface ListenerChoice {
  readonly element: HTMLElement;
  /** `undefined`: the worst. */
  readonly chosen: () => string | undefined;
  readonly update: (view: View) => void;
}

export const createListenerChoice = (onChange: () => void, onPick: (id: string) => void): ListenerChoice => {
  const worst = html("option", { value: "" });
  const select = html("select", { id: "listener" }, worst);
  const explain = html("button", { type: "button", class: "explain" }, "Explain it");
  const element = html("div", { class: "choice" }, html("label", { for: "listener" }, "Listener"), select, explain);
  let ids: readonly string[] = [];
  let shown: string | undefined;
  select.addEventListener("change", onChange);
  explain.addEventListener("click", () => shown !== undefined && onPick(shown));
  const offer = (next: readonly string[]): void => {
    if (next.length === ids.length && next.every((id, n) => id === ids[n])) return;
    ids = next;
    const kept = select.value;
    select.replaceChildren(worst, ...ids.map((id) => html("option", { value: id }, id)));
    select.value = ids.includes(kept) ? kept : "";
  };
  return {
    element,
    chosen: () => select.value || undefined,
    update({ frame, listener }) {
      shown = listener?.id;
      offer(frame.listeners.map(({ id }) => id));
      setText(worst, ids.length === 1 ? ids[0]! : `The worst now (${shown ?? "none"})`);
      element.hidden = ids.length === 0;
    },
  };
};
