// The figures of a run, as numbers for --json and as words for the table of runs side by side. Pure.
import type { Finding } from "../../explain/finding.js";
import { verdict } from "../../explain/finding-words.js";
import type { Run } from "../view/compare.js";
import type { ClientTally } from "./plan.js";
import type { RunPlan, RunResult } from "./run.js";

export interface Figures extends Omit<ClientTally, "opened"> {
  readonly listenBacklog: number;
  readonly connections: number;
  readonly queuePeak: number;
  /** As the kernel holds it; limit + 1 connections fit. */
  readonly limit: number;
  readonly droppedSegments: number;
  readonly findings: readonly string[];
}

/** Full where segments were dropped, also when no look fell into that moment. */
const peakOf = ({ samples, limit = 0 }: RunResult): number =>
  Math.max((samples.at(-1)?.drops ?? 0) > 0 ? limit + 1 : 0, ...samples.map((sample) => sample.length));

export const figuresOf = (plan: RunPlan, result: RunResult): Figures => {
  const { tally, samples, findings, limit } = result;
  return {
    listenBacklog: plan.server.listenBacklog,
    connections: tally.opened,
    answered: tally.answered,
    cut: tally.cut,
    waiting: tally.waiting,
    medianMs: Math.round(tally.medianMs),
    slowestMs: Math.round(tally.slowestMs),
    overSecond: tally.overSecond,
    queuePeak: peakOf(result),
    limit: limit ?? plan.server.listenBacklog,
    droppedSegments: samples.at(-1)?.drops ?? 0,
    findings: findings.filter((finding) => finding.severity !== "info").map(verdict),
  };
};

const time = (ms: number): string => (ms < 1000 ? `${ms} ms` : `${(ms / 1000).toFixed(1)} s`);

/** What the finding's prediction says of a run: drops and the longest wait; `undefined` where it says nothing. */
export const forecastOf = (finding: Finding | undefined, name: string | undefined): string | undefined => {
  const forecast = name === undefined ? undefined : finding?.prediction?.[name];
  if (typeof forecast !== "object" || forecast === null || !("drops" in forecast)) return undefined;
  const wait = "longestWaitMs" in forecast ? `, waits up to ${time(Number(forecast.longestWaitMs))}` : "";
  return `${Number(forecast.drops)} drops${wait}`;
};

/** A column of the table; `forecast` is what the model said of it. */
export const runColumn = (title: string, figures: Figures, forecast: string | undefined): Run => ({
  title,
  figures: {
    connections: String(figures.connections),
    answered: String(figures.answered),
    "cut off": String(figures.cut),
    "median answer": time(figures.medianMs),
    "slowest answer": time(figures.slowestMs),
    "over 1 s": String(figures.overSecond),
    "queue peak": `${figures.queuePeak} of ${figures.limit + 1}`,
    drops: String(figures.droppedSegments),
    ...(forecast === undefined ? {} : { "model said": forecast }),
    findings: figures.findings.join("; ") || "none",
  },
});
