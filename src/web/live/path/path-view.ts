// The path as a person would sketch it: NIC → NAPI → receive queue → read; SYN queue → accept queue → accept; write → send
// queue → NIC. Drawn once for a layout; every frame only moves levels and figures.
import type { Finding } from "../../../explain/finding.js";
import { html, setAttribute, svg } from "../../parts/element.js";
import { tanks } from "../tanks/index.js";
import { stateOf, type TankId, type View } from "../tanks/tank.js";
import { flows, paceOf } from "./flow.js";
import { type Layout, layoutFor, type PipeId } from "./layout.js";
import { createTankView, type TankView } from "./tank-view.js";

export interface PathView {
  readonly element: HTMLElement;
  readonly update: (view: View, findings: readonly Finding[]) => void;
}

export const createPathView = (onPick: (tank: TankId) => void): PathView => {
  const element = html("div", { class: "path" });
  let drawing: Drawing | undefined;
  let last: { readonly view: View; readonly findings: readonly Finding[] } | undefined;
  const redraw = (): void => {
    const layout = layoutFor(element.clientWidth);
    if (drawing?.layout === layout) return;
    drawing = draw(layout, onPick);
    element.replaceChildren(drawing.element);
    if (last) drawing.update(last.view, last.findings);
  };
  new ResizeObserver(redraw).observe(element);
  return {
    element,
    update(view, findings) {
      last = { view, findings };
      drawing?.update(view, findings);
    },
  };
};

interface Drawing extends PathView {
  readonly layout: Layout;
  readonly element: HTMLElement;
}

const draw = (layout: Layout, onPick: (tank: TankId) => void): Drawing => {
  const views: ReadonlyMap<TankId, TankView> = new Map(
    tanks.map((tank) => [tank.id, createTankView(tank, layout.boxes[tank.id], () => onPick(tank.id))]),
  );
  const pipes = Object.entries(layout.pipes).map(([id, { d }]) => ({
    id: id as PipeId,
    element: svg("path", { class: "pipe", d, "marker-end": "url(#arrow)" }),
    running: svg("path", { class: "running", d, "data-pace": 0 }),
  }));
  const labels = Object.values(layout.pipes).flatMap(({ label }) =>
    label ? [svg("text", { class: "verb", x: label.x, y: label.y, "text-anchor": "middle" }, label.text)] : [],
  );
  const drawing = svg(
    "svg",
    {
      viewBox: `0 0 ${layout.width} ${layout.height}`,
      role: "group",
      "aria-label": "The path of packets and connections through the kernel",
      "data-layout": layout.width > layout.height ? "lying" : "standing",
    },
    svg("defs", {}, arrow()),
    ...pipes.flatMap(({ element, running }) => [element, running]),
    ...labels,
    ...tanks.map(({ id }) => views.get(id)!.element),
  );
  return {
    layout,
    element: html("div", {}, drawing),
    update(view, findings) {
      for (const tank of tanks) {
        const reading = tank.read(view);
        views.get(tank.id)!.update(reading, stateOf(tank, reading, findings));
      }
      for (const { id, running } of pipes) setAttribute(running, "data-pace", String(paceOf(flows[id](view))));
    },
  };
};

const arrow = (): SVGMarkerElement =>
  svg(
    "marker",
    {
      id: "arrow",
      viewBox: "0 0 8 8",
      refX: 5,
      refY: 4,
      markerWidth: 8,
      markerHeight: 8,
      markerUnits: "userSpaceOnUse",
      orient: "auto",
    },
    svg("path", { class: "arrow", d: "M0 0.5L7 4L0 7.5Z" }),
  );
