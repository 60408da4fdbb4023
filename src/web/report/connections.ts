// The connections that were in trouble at the worst moment. Without any of them there is no table.
import type { Frame } from "../../export/frame/frame.js";
import { columns } from "../live/columns.js";
import { html } from "../parts/element.js";
import { clock, tally } from "../parts/units.js";
import type { Story } from "./story.js";

export const connectionsSection = (frames: readonly Frame[], { main }: Story): HTMLElement | undefined => {
  const frame = worstOf(frames, main?.id);
  const rows = frame?.connections?.rows ?? [];
  if (!frame?.connections || rows.length === 0) return undefined;
  const more = frame.connections.total - rows.length;
  return html(
    "section",
    { class: "connections" },
    html("h2", { id: "connections-title" }, `Connections at ${clock(frame.time)}, worst first`),
    more > 0 ? html("p", { class: "count" }, `${tally(more)} more were open.`) : undefined,
    html(
      "div",
      { class: "scroller", tabindex: 0, role: "region", "aria-labelledby": "connections-title" },
      html(
        "table",
        {},
        html(
          "thead",
          {},
          html(
            "tr",
            {},
            ...columns.map(({ title, figure }) => html("th", { scope: "col", class: figure && "figure" }, title)),
          ),
        ),
        html("tbody", {}, ...rows.map(rowOf)),
      ),
    ),
  );
};

type Row = NonNullable<Frame["connections"]>["rows"][number];

const rowOf = (row: Row): HTMLElement =>
  html(
    "tr",
    { class: row.findings.length > 0 ? "named" : undefined },
    ...columns.map(({ text, figure }, n) =>
      n === 0 ? html("th", { scope: "row" }, text(row)) : html("td", { class: figure && "figure" }, text(row)),
    ),
  );

/** The frame in which most rows are named by the finding, else hold most. */
const worstOf = (frames: readonly Frame[], finding: string | undefined): Frame | undefined => {
  const weight = ({ connections }: Frame): number => {
    const named = connections?.rows.filter(
      ({ findings }) => finding !== undefined && findings.includes(finding),
    ).length;
    const held = (connections?.sendQBytes ?? 0) + (connections?.recvQBytes ?? 0);
    return (named ?? 0) * 1e15 + held * 100 + (connections?.rows.length ?? 0);
  };
  return frames.reduce<Frame | undefined>(
    (worst, frame) => (worst === undefined || weight(frame) > weight(worst) ? frame : worst),
    undefined,
  );
};
