// The screen as lines, none wider than it: state, size and colours in, text out. Nothing here knows of a terminal.
import { clip } from "../view/columns.js";
import type { Paint } from "../view/paint.js";
import { cutEnd } from "./grid.js";
import { footerLine, statusLine, titleLine } from "./header.js";
import { layOut } from "./layout.js";
import { orders, shownRows } from "./orders.js";
import { overlayLines } from "./overlay.js";
import { type Panel, panelsOf, type Scene } from "./panels.js";
import { bodyRows, footerRows, headerRows, type Size } from "./size.js";
import type { PanelName, PerPanel, TopState } from "./state.js";

const titles: PerPanel<string> = {
  listeners: "Listeners",
  findings: "Findings",
  connections: "Connections",
  network: "Network",
};

/** `▸ Listeners ── by trouble ─────`. */
const panelTitle = (
  { state, width, paint }: Scene,
  panel: PanelName,
  { words, count }: Panel,
  room: number,
): string => {
  const order = orders[panel][state.sort[panel]]?.name;
  const isFocused = state.focus === panel;
  const parts = [words, isFocused && count > 1 ? `by ${order}${state.isReversed[panel] ? ", reversed" : ""}` : ""];
  const hidden = count > Math.max(0, room) ? `${Math.max(0, room)} of ${count} shown` : "";
  const text = [...parts, hidden].filter((part) => part !== "").join(" · ");
  const name = `${isFocused ? "▸" : "─"} ${titles[panel]} `;
  const tail = cutEnd(text === "" ? "" : `${text} `, Math.max(0, width - name.length));
  const rule = "─".repeat(Math.max(0, width - name.length - tail.length));
  return `${paint(isFocused ? "bold" : "cyan", name)}${tail}${paint("dim", rule)}`;
};

const bodyLines = (state: TopState, rows: number, width: number, paint: Paint): readonly string[] => {
  const { frame, focus } = state;
  if (!frame) return [];
  const scene = { state, frame, shown: shownRows(state), width, paint };
  const all = panelsOf(scene);
  const needs = {
    listeners: all.listeners.need,
    findings: all.findings.need,
    connections: all.connections.need,
    network: all.network.need,
  };
  // No room for titles.
  if (rows < 3) return all[focus].lines(rows);
  return layOut(rows, needs, focus).flatMap(({ panel, lines }) => [
    panelTitle(scene, panel, all[panel], all[panel].rowsIn(lines)),
    ...(lines > 0 ? all[panel].lines(lines) : []),
  ]);
};

/** Exactly `rows` lines, none wider than `columns`. */
export const screenLines = (state: TopState, size: Size, paint: Paint): readonly string[] => {
  const { columns, rows } = size;
  const top = [titleLine(state, columns, paint), statusLine(state, columns, paint)].slice(0, headerRows(size));
  const footer = [footerLine(state, columns, paint)].slice(0, footerRows(size));
  const room = bodyRows(size);
  const body = state.overlay
    ? overlayLines(state, { columns, rows: room }, paint)
    : bodyLines(state, room, columns, paint);
  const filled = [...top, ...body.slice(0, Math.max(0, room))];
  while (filled.length < rows - footer.length) filled.push("");
  return [...filled, ...footer].map((line) => clip(line, columns));
};
