// What happened when, as a table.
import { html } from "../parts/element.js";
import { clock } from "../parts/units.js";
import type { Moment } from "./moments.js";

const marks: Readonly<Record<Moment["kind"], string>> = { began: "▲", ended: "✓", full: "■", empty: "□", stall: "◆" };
/** Of more, the first and the last tell the most. */
const shownAtMost = 60;

export const momentsSection = (moments: readonly Moment[]): HTMLElement | undefined => {
  if (moments.length === 0) return undefined;
  const half = shownAtMost / 2;
  const left = moments.length - shownAtMost;
  const rows =
    left <= 0
      ? moments.map(rowOf)
      : [...moments.slice(0, half).map(rowOf), moreRow(left), ...moments.slice(-half).map(rowOf)];
  return html(
    "section",
    { class: "moments" },
    html("h2", {}, "What happened when"),
    html("table", {}, html("tbody", {}, ...rows)),
  );
};

const rowOf = ({ time, kind, text }: Moment): HTMLElement =>
  html(
    "tr",
    { "data-kind": kind },
    html("th", { scope: "row" }, preciseClock(time)),
    html("td", { class: "mark", "aria-hidden": "true" }, marks[kind]),
    html("td", {}, text),
  );

const moreRow = (count: number): HTMLElement =>
  html(
    "tr",
    {},
    html("th", { scope: "row" }, "…"),
    html("td"),
    html("td", {}, `${count} more moments are left out here`),
  );

/** `14:03:27.4` */
const preciseClock = (time: number): string => `${clock(time)}.${Math.floor((time % 1000) / 100)}`;
