// The time charts, one row each: what is drawn, in which colour, and how its figures are written. No DOM.
import type { Frame } from "../../export/frame/frame.js";
import { dropSeries, loopSeries, queueSeries, type Series, waitSeries } from "./series.js";
import { millis, tally } from "./units.js";

export interface ChartLine {
  readonly label: string;
  /** Custom properties of theme.css. */
  readonly stroke: string;
  readonly fill?: string | undefined;
  readonly shape: "step" | "line" | "bars" | "dashes";
}

export interface ChartSpec extends Drawing {
  readonly id: "queue" | "drops" | "loop" | "wait";
}

/** Whatever can be drawn as a time chart. */
export interface Drawing {
  readonly id: string;
  readonly title: string;
  readonly unit: string;
  readonly lines: readonly ChartLine[];
  /** The scale reaches at least this high, so that a quiet chart looks quiet. */
  readonly least: number;
  readonly write: (value: number) => string;
  readonly read: (frames: readonly Frame[], listener: string | undefined) => Series;
}

export const chartTable: readonly ChartSpec[] = [
  {
    id: "queue",
    title: "Accept queue against its limit",
    unit: "connections",
    lines: [
      { label: "waiting", stroke: "--calm", fill: "--calm-fill", shape: "step" },
      { label: "limit", stroke: "--bad", shape: "dashes" },
    ],
    least: 4,
    write: tally,
    read: queueSeries,
  },
  {
    id: "drops",
    title: "Dropped at the listener",
    unit: "segments an interval",
    lines: [{ label: "dropped", stroke: "--bad", fill: "--bad", shape: "bars" }],
    least: 4,
    write: tally,
    read: dropSeries,
  },
  {
    id: "loop",
    title: "Event loop busy, and what held it up",
    unit: "% of the time",
    lines: [{ label: "busy", stroke: "--loop", fill: "--loop-fill", shape: "line" }],
    least: 100,
    write: (value) => `${Math.round(value)} %`,
    read: loopSeries,
  },
  {
    id: "wait",
    title: "Oldest wait for accept",
    unit: "seconds",
    lines: [{ label: "waited", stroke: "--warn", fill: "--warn-fill", shape: "line" }],
    least: 0.2,
    write: (value) => millis(value * 1000),
    read: waitSeries,
  },
];
