// Transfers: the model against the kernel, figure by figure and device by device.
import { writeFileSync } from "node:fs";
import type { Entry, Options, Report } from "./entry.js";
import { percent, quantile } from "./statistics.js";
import { compareFigures, figureNames } from "./transfer-figures.js";
import { farOff, type Judged, judge, largest, observe, type Run, replayed, story } from "./transfer-runs.js";
import { deviceOf, devices } from "./transfer-scenarios.js";

const goals = { median: 0.02, p95: farOff };
const worstShown = 40;

const cell = (errors: readonly number[]): string => {
  const [median, p95] = [quantile(errors, 0.5), quantile(errors, 0.95)];
  return median === undefined || p95 === undefined ? "–" : `${percent(median)} / ${percent(p95)} (${errors.length})`;
};

const errorsOf = (judged: readonly Judged[], name: string): readonly number[] =>
  judged.flatMap(({ compared }) => compared.filter((one) => one.name === name).map(({ error }) => error));

const row = (title: string, judged: readonly Judged[]): string =>
  `| ${title} | ${figureNames.map((name) => cell(errorsOf(judged, name))).join(" | ")} |`;

/** What the comparison makes of the kernel's own runs: the last one against the others. */
const againstItself = (judged: readonly Judged[]): readonly Judged[] =>
  judged
    .filter(({ kernel }) => kernel.length > 1)
    .map((run) => ({ ...run, compared: compareFigures(run.kernel.slice(0, -1), run.kernel.at(-1)!) }));

const tableOf = (judged: readonly Judged[]): readonly string[] => [
  `| median / 95th percentile (scenarios) | ${figureNames.join(" | ")} |`,
  `| --- |${" ---: |".repeat(figureNames.length)}`,
  ...devices.map((device) =>
    row(
      device,
      judged.filter(({ scenario }) => deviceOf(scenario) === device),
    ),
  ),
  row("all", judged),
  row("the kernel against itself", againstItself(judged)),
];

const report = (judged: readonly Judged[]): Report => {
  const all = judged.flatMap(({ compared }) => compared.map(({ error }) => error));
  const reached = figureNames.map((name) => {
    const errors = errorsOf(judged, name);
    return { name, median: quantile(errors, 0.5) ?? 0, p95: quantile(errors, 0.95) ?? 0 };
  });
  const worst = judged.filter((one) => largest(one) > goals.p95).sort((a, b) => largest(b) - largest(a));
  return {
    summary: `${judged.length} transfers: median error ${percent(quantile(all, 0.5) ?? 1)}, 95th percentile ${percent(quantile(all, 0.95) ?? 1)}; ${worst.length} with a figure that is more than ${percent(goals.p95)} off`,
    table: tableOf(judged),
    worst: worst.slice(0, worstShown).map(story),
    goal: `of each figure the median at most ${percent(goals.median)}, the 95th percentile at most ${percent(goals.p95)}`,
    isMet: judged.length > 0 && reached.every(({ median, p95 }) => median <= goals.median && p95 <= goals.p95),
    figures: judged.map(({ index, scenario, compared, failure }) => ({ index, scenario, compared, failure })),
  };
};

const runsOf = async (options: Options): Promise<readonly Run[]> => {
  if (options.replay !== undefined) return replayed(options.replay);
  const chosen = Array.from({ length: options.count }, (_, nth) => options.from + nth);
  const runs = await observe(chosen, options);
  if (options.save !== undefined) writeFileSync(options.save, runs.map((run) => `${JSON.stringify(run)}\n`).join(""));
  return runs;
};

export const transfer: Entry = {
  name: "transfer",
  count: 512,
  compare: async (options) => report((await runsOf(options)).map(judge)),
};
