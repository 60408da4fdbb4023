// One time chart: uPlot in the colours of the theme, with a title that can be pressed, the value under the cursor, and the
// chart in a sentence for whoever cannot see it.
import uPlot from "uplot";
import type { Frame } from "../../export/frame/frame.js";
import type { ChartLine, Drawing } from "./chart-table.js";
import { drawMarks } from "./chart-marks.js";
import { html, setAttribute, setText } from "./element.js";
import type { Series } from "./series.js";
import { themeColour } from "./theme.js";
import { clock } from "./units.js";

/** Seconds since the epoch. */
export interface TimeWindow {
  readonly from: number;
  readonly to: number;
}

export interface Chart {
  readonly element: HTMLElement;
  /** Draws these frames; `listener`: the id of the one that the chart is about. */
  readonly update: (frames: readonly Frame[], listener: string | undefined, window: TimeWindow) => void;
}

const height = 148;
/** Charts with the same key show their cursors together. */
const cursorKey = "sockscope";

/** `onPick`: the title becomes a button that explains the chart. */
export const createChart = (spec: Drawing, onPick?: () => void): Chart => {
  const title = onPick ? html("button", { type: "button", class: "pick" }, spec.title) : html("span", {}, spec.title);
  if (onPick) title.addEventListener("click", onPick);
  const readout = html("span", { class: "readout", "aria-hidden": "true" }, spec.unit);
  const canvas = html("div", { class: "plot", role: "img", "aria-label": spec.title });
  const element = html("section", { class: "chart", "data-chart": spec.id }, html("h3", {}, title), readout, canvas);
  let shown: Series = { columns: Array.from({ length: spec.lines.length + 1 }, () => []), marks: [], says: "" };
  let window: TimeWindow = { from: 0, to: 1 };
  const plot = new uPlot(
    optionsOf(spec, { readout, window: () => window, series: () => shown }),
    dataOf(shown),
    canvas,
  );
  const fill = (): void => {
    if (canvas.clientWidth > 0 && canvas.clientWidth !== plot.width)
      plot.setSize({ width: canvas.clientWidth, height });
  };
  new ResizeObserver(fill).observe(canvas);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => plot.redraw(false, true));
  return {
    element,
    update(frames, listener, now) {
      window = now;
      shown = spec.read(frames, listener);
      setAttribute(canvas, "aria-label", `${spec.title}. ${shown.says}.`);
      fill();
      plot.setData(dataOf(shown));
    },
  };
};

const dataOf = (series: Series): uPlot.AlignedData => series.columns as unknown as uPlot.AlignedData;

interface Around {
  readonly readout: HTMLElement;
  readonly window: () => TimeWindow;
  readonly series: () => Series;
}

const optionsOf = (spec: Drawing, { readout, window, series }: Around): uPlot.Options => {
  const say = (plot: uPlot): void => setText(readout, readoutText(spec, plot) ?? spec.unit);
  return {
    width: 320,
    height,
    padding: [8, 26, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, sync: { key: cursorKey, setSeries: false } },
    scales: {
      x: { time: true, range: () => [window().from, window().to] },
      y: { range: (_plot, _low, high) => [0, Math.max(spec.least, (high ?? 0) * 1.12)] },
    },
    series: [{}, ...spec.lines.map(seriesOf)],
    axes: [
      axis({ size: 28, gap: 8, space: 70, values: (_plot, ticks) => ticks.map((tick) => clock(tick * 1000)) }),
      axis({
        size: 46,
        space: 26,
        values: (_plot, ticks) => ticks.map((tick) => (tick === null ? "" : spec.write(tick))),
      }),
    ],
    hooks: { setCursor: [say], draw: [(plot) => drawMarks(plot, series().marks)] },
  };
};

const readoutText = (spec: Drawing, plot: uPlot): string | undefined => {
  const index = plot.cursor.idx;
  const time = index === null || index === undefined ? undefined : plot.data[0][index];
  if (time === undefined || index === null || index === undefined) return undefined;
  const values = spec.lines.map(({ label }, line) => {
    const value = plot.data[line + 1]?.[index];
    return value === null || value === undefined ? `${label} –` : `${label} ${spec.write(value)}`;
  });
  return `${clock(time * 1000)} · ${values.join(" · ")}`;
};

const font = "11px system-ui, sans-serif";

const axis = (own: uPlot.Axis): uPlot.Axis => ({
  stroke: () => themeColour("--muted"),
  font,
  grid: { stroke: () => themeColour("--grid"), width: 1 },
  ticks: { show: false },
  gap: 4,
  ...own,
});

const stepped = uPlot.paths.stepped!({ align: 1 });
const bars = uPlot.paths.bars!({ size: [0.7, 14, 1] });
const paths = { step: stepped, bars, line: undefined, dashes: stepped };

const seriesOf = ({ label, stroke, fill, shape }: ChartLine): uPlot.Series => ({
  label,
  stroke: () => themeColour(stroke),
  ...(fill === undefined ? {} : { fill: () => themeColour(fill) }),
  width: shape === "bars" ? 0 : 1.5,
  ...(shape === "dashes" ? { dash: [5, 4] } : {}),
  ...(paths[shape] ? { paths: paths[shape] } : {}),
  points: { show: false },
  spanGaps: false,
});
