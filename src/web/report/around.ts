// The charts of the time around the finding, or of the whole record; of one listener at a time.
import type { Frame } from "../../export/frame/frame.js";
import { createChart } from "../parts/chart.js";
import { html } from "../parts/element.js";
import { drawingsFor } from "./drawings.js";
import type { Story } from "./story.js";

export const createAround = (frames: readonly Frame[], story: Story): HTMLElement | undefined => {
  const [first, last] = [frames[0], frames.at(-1)];
  if (!first || !last) return undefined;
  const charts = drawingsFor(frames, story.main).map((drawing) => createChart(drawing));
  const listeners = [...new Set(frames.flatMap((frame) => frame.listeners.map(({ id }) => id)))];
  const whole = { from: (first.time - (first.intervalMs ?? 1000)) / 1000, to: last.time / 1000 };
  const near = { from: story.from / 1000, to: story.to / 1000 };
  const isPart = near.from > whole.from + 1 || near.to < whole.to - 1;
  const select = choice("Listener", listeners, story.listener);
  const spans = choice("Time", ["around the finding", "the whole record"], "around the finding");
  const draw = (): void => {
    const window = isPart && spans.value() === "around the finding" ? near : whole;
    for (const chart of charts) chart.update(frames, select.value(), window);
  };
  for (const { element } of [select, spans]) element.addEventListener("change", draw);
  const element = html(
    "section",
    { class: "around" },
    html("h2", {}, story.main ? "Around it" : "The time recorded"),
    html(
      "div",
      { class: "bar" },
      listeners.length > 1 ? select.element : undefined,
      isPart ? spans.element : undefined,
    ),
    html("div", { class: "charts" }, ...charts.map((chart) => chart.element)),
  );
  requestAnimationFrame(draw);
  return element;
};

interface Choice {
  readonly element: HTMLElement;
  readonly value: () => string;
}

const choice = (name: string, values: readonly string[], chosen: string | undefined): Choice => {
  const select = html("select", {}, ...values.map((value) => html("option", { value }, value)));
  select.value = chosen ?? values[0] ?? "";
  return { element: html("label", { class: "choice" }, name, select), value: () => select.value };
};
