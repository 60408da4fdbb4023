// The table of connections, worst first. Rows keep their place while somebody points at them or is inside by keyboard.
import type { FrameConnection, FrameConnections } from "../../export/frame/frame.js";
import { html, setAttribute, setText } from "../parts/element.js";
import { tally } from "../parts/units.js";
import { type Column, columns, nextSorting, sorted, type Sorting } from "./columns.js";

export interface ConnectionsView {
  readonly element: HTMLElement;
  readonly update: (connections: FrameConnections | undefined) => void;
}

interface Row {
  readonly element: HTMLTableRowElement;
  readonly show: (connection: FrameConnection) => void;
}

export const createConnectionsView = (onPick: (id: string) => void): ConnectionsView => {
  let sorting: Sorting | undefined;
  let shown: FrameConnections | undefined;
  const rows = new Map<string, Row>();
  const body = html("tbody");
  const count = html("p", { class: "count" });
  const heads = columns.map((column) =>
    headOf(column, () => {
      sorting = nextSorting(sorting, column);
      place(true);
    }),
  );
  const table = html(
    "table",
    { class: "connections" },
    html("caption", { class: "unseen" }, "Connections, worst first"),
    html("thead", {}, html("tr", {}, ...heads)),
    body,
  );
  const scroller = html(
    "div",
    { class: "scroller", tabindex: 0, role: "region", "aria-label": "Table of connections" },
    table,
  );
  const element = html(
    "section",
    { class: "connections", "aria-labelledby": "connections-title" },
    html("h2", { id: "connections-title" }, "Connections, worst first"),
    count,
    scroller,
  );

  const place = (isForced: boolean): void => {
    const list = sorted(shown?.rows ?? [], sorting);
    const ids = new Set(list.map(({ id }) => id));
    for (const [id, { element: row }] of rows) {
      if (ids.has(id)) continue;
      row.remove();
      rows.delete(id);
    }
    for (const connection of list) {
      const row = rows.get(connection.id) ?? createRow(connection.id, onPick);
      rows.set(connection.id, row);
      row.show(connection);
      if (!row.element.isConnected) body.append(row.element);
    }
    const isHeld = !isForced && body.matches(":hover, :focus-within");
    if (!isHeld && list.some(({ id }, n) => body.children[n] !== rows.get(id)!.element))
      body.replaceChildren(...list.map(({ id }) => rows.get(id)!.element));
    for (const [n, head] of heads.entries()) setAttribute(head, "aria-sort", ariaSort(columns[n]!, sorting));
  };
  return {
    element,
    update(connections) {
      shown = connections;
      setText(count, countText(connections));
      scroller.hidden = (connections?.rows.length ?? 0) === 0;
      place(false);
    },
  };
};

const ariaSort = ({ id }: Column, sorting: Sorting | undefined): string | undefined =>
  sorting?.column === id ? (sorting.descending ? "descending" : "ascending") : undefined;

const headOf = (column: Column, onPress: () => void): HTMLTableCellElement => {
  const button = html("button", { type: "button", title: column.kernel }, column.title);
  button.addEventListener("click", onPress);
  return html("th", { scope: "col", class: cellClass(column) }, button);
};

const cellClass = ({ figure, isMinor }: Column): string | undefined =>
  [figure ? "figure" : undefined, isMinor ? "minor" : undefined].filter(Boolean).join(" ") || undefined;

const createRow = (id: string, onPick: (id: string) => void): Row => {
  const button = html("button", { type: "button", class: "pick" });
  const cells = columns.map((column, n) =>
    html(
      n === 0 ? "th" : "td",
      { class: cellClass(column), scope: n === 0 ? "row" : undefined },
      n === 0 ? button : undefined,
    ),
  );
  const element = html("tr", { "data-connection": id }, ...cells);
  element.addEventListener("click", () => onPick(id));
  return {
    element,
    show(connection) {
      for (const [n, { text }] of columns.entries()) setText(n === 0 ? button : cells[n]!, text(connection));
      element.classList.toggle("named", connection.findings.length > 0);
      setAttribute(
        button,
        "aria-label",
        connection.findings.length > 0 ? `${columns[0]!.text(connection)}, named by a finding` : undefined,
      );
    },
  };
};

const countText = (connections: FrameConnections | undefined): string => {
  if (!connections) return "No connection has been looked at yet.";
  if (connections.total === 0) return "No connection is open.";
  const states = Object.entries(connections.byState)
    .filter(([, n]) => n > 0)
    .sort(([, one], [, other]) => other - one)
    .map(([state, n]) => `${tally(n)} ${state}`)
    .join(", ");
  const { total, rows } = connections;
  return `${tally(total)} in all: ${states}. ${shownText(rows.length, total)}`;
};

const shownText = (shown: number, total: number): string => {
  if (shown === 0) return "Nothing waits on any of them.";
  return shown < total ? `Those worth a look, ${tally(shown)}:` : "";
};
