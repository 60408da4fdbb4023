// The accept queue over time as a small chart: depth in eighths of a row, below it the dropped segments and the
// main thread. State in, lines out; understood without colour.
import { axisLine, chartColumns, depthLines, laneLine } from "./chart.js";
import type { View } from "./finding.js";

export interface QueueSample {
  /** Since the chart's begin. */
  readonly atMs: number;
  readonly length: number;
  /** Segments dropped at the listener since the chart's begin. */
  readonly drops: number;
  /** The main thread was seen elsewhere than where an event loop rests. */
  readonly busy?: boolean | undefined;
}

export interface QueueChart {
  readonly title: string;
  /** The listener's limit; limit + 1 connections fit. */
  readonly limit: number;
  /** Time across the whole chart. */
  readonly spanMs: number;
  readonly samples: readonly QueueSample[];
  readonly rows?: number | undefined;
  /** When sockscope reported something; the lane is left out without it. */
  readonly reports?: readonly number[] | undefined;
}

interface Column {
  readonly length: number;
  readonly drops: number;
  /** How often it was looked at, and how often it was busy. */
  readonly looks: number;
  readonly busy: number;
}

/** One entry a column up to the last sample: the deepest queue, the drops and the looks at the main thread in it. */
const columns = (chart: QueueChart, count: number): readonly Column[] => {
  const result: Column[] = [];
  let drops = 0;
  let held = 0;
  for (const sample of chart.samples) {
    const at = Math.min(count - 1, Math.floor((sample.atMs / chart.spanMs) * count));
    const before = result[at];
    const looks = sample.busy === undefined ? 0 : 1;
    const busy = sample.busy === true ? 1 : 0;
    // Columns without a sample hold the depth that was seen last.
    while (result.length < at) result.push({ length: held, drops: 0, looks, busy });
    result[at] = {
      length: Math.max(before?.length ?? 0, sample.length),
      drops: (before?.drops ?? 0) + sample.drops - drops,
      looks: (before?.looks ?? 0) + looks,
      busy: (before?.busy ?? 0) + busy,
    };
    drops = sample.drops;
    held = sample.length;
  }
  return result;
};

const dropMark = (drops: number): string => (drops === 0 ? " " : drops > 9 ? "+" : String(drops));
const busyMark = ({ looks, busy }: Column): string => (looks === 0 ? " " : busy === 0 ? "·" : busy < looks ? "▒" : "█");

/** A mark in each column in which something was reported. */
const reportLane = (reports: readonly number[], spanMs: number, count: number): string => {
  const lane = Array.from({ length: count }, () => " ");
  for (const atMs of reports) lane[Math.min(count - 1, Math.floor((atMs / spanMs) * count))] = "▲";
  return lane.join("").trimEnd();
};

const timeAxis = (spanMs: number, count: number): string => {
  const axis = Array.from({ length: count }, () => "─");
  const lastSecond = Math.floor(spanMs / 1000);
  for (let second = 0; second <= lastSecond; second += 1) {
    const at = Math.round(((second * 1000) / spanMs) * count);
    const label = `${second} s`;
    if (at + label.length <= count) axis.splice(at, label.length, ...label.split(""));
  }
  return axis.join("");
};

/** The chart's lines, none wider than `width`. */
export const queueChartLines = (chart: QueueChart, { width, paint }: View): readonly string[] => {
  const rows = chart.rows ?? 4;
  const count = chartColumns(width);
  const peak = Math.max(chart.limit + 1, ...chart.samples.map((sample) => sample.length));
  const cells = columns(chart, count);
  const last = chart.samples.at(-1);
  const drops = cells.map((cell) => dropMark(cell.drops)).join("");
  return [
    paint(
      "bold",
      `${chart.title}${last ? `: ${last.length} of ${chart.limit + 1}, ${last.drops} segments dropped` : ""}`,
    ),
    ...depthLines(
      cells.map(({ length }) => length),
      { full: peak, label: `${peak} full`, rows },
      paint,
    ),
    laneLine("dropped", "│", paint("red", drops.trimEnd())),
    laneLine("main thread", "│", cells.map(busyMark).join("").trimEnd()),
    ...(chart.reports
      ? [laneLine("sockscope", "│", paint("yellow", reportLane(chart.reports, chart.spanMs, count)))]
      : []),
    axisLine(paint("dim", timeAxis(chart.spanMs, count))),
  ];
};
