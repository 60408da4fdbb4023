// One tank of the drawing: a vessel that fills, its figures, and a button for whoever presses it.
import { setAttribute, setText, svg } from "../../parts/element.js";
import { dropText, type Tank, tankLabel, type TankId, type TankReading, type TankState } from "../tanks/tank.js";
import type { Box } from "./layout.js";

export interface TankView {
  readonly element: SVGGElement;
  readonly update: (reading: TankReading, state: TankState) => void;
}

/** Queues are vessels, open at the top; what works is a closed box. */
const open: ReadonlySet<TankId> = new Set(["syn", "accept", "receive", "send"]);
/** A narrower one has its drops at the bottom. */
const narrow = 120;

export const createTankView = (tank: Tank, box: Box, onPick: () => void): TankView => {
  const { width, height } = box;
  const isOpen = open.has(tank.id);
  const text = (name: string, y: number): SVGTextElement => svg("text", { class: name, x: 10, y });
  const value = text("value", 42);
  const lines = [60, 75, 90].map((y) => text("line", y));
  const drops = svg(
    "text",
    width < narrow
      ? { class: "drops", x: 10, y: height - 10 }
      : { class: "drops", x: width - 10, y: 60, "text-anchor": "end" },
  );
  const level = svg("rect", { class: "level", width, height, rx: 6 });
  level.style.transform = "scaleY(0)";
  const surface = svg("path", { class: "surface gone", d: `M0 0H${width}` });
  const title = text("title", 18);
  title.textContent = tank.title;
  const element = svg(
    "g",
    { class: "tank", "data-tank": tank.id, role: "button", tabindex: 0, transform: `translate(${box.x} ${box.y})` },
    svg("rect", { class: "ground", width, height, rx: 6 }),
    level,
    surface,
    svg("path", { class: "rim", d: isOpen ? vessel(box) : closed(box) }),
    ...(isOpen ? [svg("path", { class: "brim", d: `M4 0.75H${width - 4}` })] : []),
    svg("rect", { class: "flash", width, height, rx: 6 }),
    ...spaced([title, value, ...lines, drops]),
  );
  pickable(element, onPick);
  return {
    element,
    update(reading, state) {
      setAttribute(element, "aria-label", tankLabel(tank, reading, state));
      setAttribute(element, "data-state", state);
      setText(value, reading.value);
      for (const [n, line] of lines.entries()) setText(line, reading.lines[n] ?? "");
      const lost = dropText(reading.dropped);
      setText(drops, lost === undefined ? "" : `▼ ${lost}`);
      const full = Math.max(0, Math.min(1, reading.level ?? 0));
      level.style.transform = `scaleY(${full.toFixed(3)})`;
      surface.style.transform = `translateY(${((1 - full) * height).toFixed(1)}px)`;
      surface.classList.toggle("gone", full <= 0.005);
      if ((reading.dropped ?? 0) > 0) flash(element);
    },
  };
};

/** What is read aloud is what stands there: the words of the drawing, with space between. */
const spaced = (texts: readonly SVGTextElement[]): readonly (SVGTextElement | string)[] =>
  texts.flatMap((one) => [one, " "]);

const vessel = ({ width, height }: Box): string =>
  `M0.75 0V${height - 7}q0 6.25 6.25 6.25H${width - 7}q6.25 0 6.25 -6.25V0`;

const closed = ({ width, height }: Box): string =>
  `M7 0.75H${width - 7}q6.25 0 6.25 6.25V${height - 7}q0 6.25 -6.25 6.25H7q-6.25 0 -6.25 -6.25V7q0 -6.25 6.25 -6.25Z`;

/** Mouse, Enter and space, as of a button. */
const pickable = (element: SVGElement, onPick: () => void): void => {
  element.addEventListener("click", onPick);
  element.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    onPick();
  });
};

/** Once for each interval that lost something; the style sheet keeps it still for whoever asked for less motion. */
const flash = (element: SVGElement): void => {
  element.classList.remove("dropping");
  element.getBoundingClientRect();
  element.classList.add("dropping");
};
