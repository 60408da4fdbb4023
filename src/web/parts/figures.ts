// Figures with where they were read: the name and the kernel's word left, the value right.
import { html } from "./element.js";
import type { Figure } from "./figure.js";

export const figureList = (figures: readonly Figure[]): HTMLDListElement =>
  html("dl", { class: "figures" }, ...figures.map(figureRow));

export const figureRow = ({ name, value, kernel }: Figure): HTMLElement =>
  html(
    "div",
    {},
    html("dt", {}, name, " ", kernel === undefined ? undefined : html("span", { class: "kernel" }, kernel)),
    html("dd", {}, value),
  );
