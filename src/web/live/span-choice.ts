// How far back the charts reach.
import { html } from "../parts/element.js";

export interface SpanChoice {
  readonly element: HTMLElement;
  readonly seconds: () => number;
}

const spans = [
  { seconds: 60, label: "1 min" },
  { seconds: 300, label: "5 min" },
] as const;

export const createSpanChoice = (onChange: () => void): SpanChoice => {
  let seconds: number = spans[0].seconds;
  const options = spans.map(({ seconds: value, label }) => {
    const radio = html("input", { type: "radio", name: "span", value, checked: value === seconds });
    radio.addEventListener("change", () => {
      seconds = value;
      onChange();
    });
    return html("label", {}, radio, html("span", {}, label));
  });
  return {
    element: html("fieldset", { class: "spans" }, html("legend", { class: "unseen" }, "Time shown"), ...options),
    seconds: () => seconds,
  };
};
