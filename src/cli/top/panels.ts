// The four panels: what each has to show, and its lines for the room that it gets.
import { stripVTControlCharacters } from "node:util";
import type { Frame } from "../../export/frame/frame.js";
import type { Paint } from "../view/paint.js";
import { connectionColumns, countedConnections } from "./connections-panel.js";
import { allFindingLines, findingBlocks } from "./findings-panel.js";
import { type Column, fitColumns, headLine, rowLine } from "./grid.js";
import { firstShown, type Need } from "./layout.js";
import { listenerColumns } from "./listeners-panel.js";
import { networkLines } from "./network-panel.js";
import { orders, type Shown } from "./orders.js";
import type { PanelName, PerPanel, TopState } from "./state.js";

/** What a panel would show in so many lines. */
export interface Panel {
  readonly need: Need;
  /** Behind its name. */
  readonly words: string;
  /** Of how many rows it shows some; 0 where it has none to choose. */
  readonly count: number;
  lines(room: number): readonly string[];
  /** How many of the rows stand in so many lines. */
  rowsIn(room: number): number;
}

const marker = (line: string, isChosen: boolean, paint: Paint): string =>
  isChosen ? paint("bold", `▸${stripVTControlCharacters(line).slice(1)}`) : line;

export interface Scene {
  readonly state: TopState;
  readonly frame: Frame;
  readonly shown: Shown;
  readonly width: number;
  readonly paint: Paint;
}

const chosen = ({ state, shown }: Scene, panel: PanelName): number | undefined =>
  state.focus === panel ? Math.min(state.selected[panel], shown[panel].length - 1) : undefined;

const gridPanel = <Row>(
  scene: Scene,
  panel: PanelName,
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  words: string,
): Panel => {
  const { state, width, paint } = scene;
  const gap = width < 100 ? 1 : 2;
  const at = chosen(scene, panel);
  const fitted = fitColumns(columns, rows, width - 2, gap);
  // A single line is a row, not the head.
  const rowsIn = (room: number): number => (room > 1 ? room - 1 : room);
  return {
    need: { least: rows.length === 0 ? 0 : Math.min(3, rows.length + 1), all: rows.length === 0 ? 0 : rows.length + 1 },
    words,
    count: rows.length,
    rowsIn,
    lines: (room) => {
      const first = firstShown(at ?? 0, rows.length, rowsIn(room));
      const seen = rows.slice(first, first + rowsIn(room));
      const head = headLine(fitted, gap, orders[panel][state.sort[panel]]?.head);
      return [
        ...(room > 1 ? [paint("dim", `  ${head}`)] : []),
        ...seen.map((row, i) => marker(`  ${rowLine(fitted, row, gap, paint)}`, at === first + i, paint)),
      ];
    },
  };
};

const findingsPanel = (scene: Scene): Panel => {
  const { frame, shown, width, paint } = scene;
  const { findings } = shown;
  const at = chosen(scene, "findings");
  const view = { now: frame.time, width: width - 2, paint };
  const all = allFindingLines(findings, view);
  return {
    need: { least: Math.min(3, all), all },
    words: findings.length === 0 ? "none" : "",
    count: findings.length,
    rowsIn: (room) => room,
    lines: (room) => {
      const blocks = findingBlocks(findings, room, view).map((lines, i) =>
        lines.map((line, row) => marker(`  ${line}`, i === at && row === 0, paint)),
      );
      // More findings than lines: those around the chosen one.
      const first = firstShown(at ?? 0, blocks.length, room);
      return blocks.slice(first).flat().slice(0, room);
    },
  };
};

const networkPanel = (scene: Scene): Panel => {
  const { frame, shown, width, paint } = scene;
  const { nics, others } = networkLines(frame, shown.network, width - 2, paint);
  const at = chosen(scene, "network");
  const all = nics.length + others.length;
  const othersIn = (room: number): number => Math.min(others.length, Math.max(0, room - Math.min(1, nics.length)));
  return {
    need: { least: Math.min(2, all), all },
    words: all === 0 ? "not read yet" : "",
    count: nics.length,
    rowsIn: (room) => room - othersIn(room),
    lines: (room) => {
      const kept = others.slice(0, othersIn(room));
      const free = room - kept.length;
      const first = firstShown(at ?? 0, nics.length, free);
      const seen = nics.slice(first, first + free).map((line, i) => marker(`  ${line}`, at === first + i, paint));
      return [...seen, ...kept.map((line) => `  ${line}`)];
    },
  };
};

export const panelsOf = (scene: Scene): PerPanel<Panel> => {
  const { state, frame, shown } = scene;
  const { listeners, connections } = shown;
  const more = frame.moreListeners ? `${frame.moreListeners} more not read` : "";
  const empty = state.filter === "" ? "none" : "none that the filter lets through";
  return {
    listeners: gridPanel(
      scene,
      "listeners",
      listeners,
      listenerColumns(state, frame),
      listeners.length === 0 ? empty : more,
    ),
    findings: findingsPanel(scene),
    connections: gridPanel(
      scene,
      "connections",
      connections,
      connectionColumns(frame, connections),
      frame.connections === undefined ? "not read yet" : countedConnections(frame),
    ),
    network: networkPanel(scene),
  };
};
