// Transfers: the model against the kernel, figure by figure and device by device.
import { readFileSync, writeFileSync } from "node:fs";
import { simulate } from "../../../src/model/index.js";
import type { TransferScenario } from "../../../src/model/transfer/scenario.js";
import type { Entry, Options, Report } from "./entry.js";
import { runOnKernel } from "./kernel-lanes.js";
import { percent, quantile } from "./statistics.js";
import { type Compared, compareFigures, figureNames, type Observed, observedOfModel } from "./transfer-figures.js";
import { deviceOf, devices, readerOf, transferScenario } from "./transfer-scenarios.js";

const goals = { median: 0.02, p95: 0.1 };
const worstShown = 40;

export interface Run {
  readonly index: number;
  readonly scenario: TransferScenario;
  /** What each run on the kernel gave. */
  readonly kernel: readonly Observed[];
}

interface Judged extends Run {
  readonly compared: readonly Compared[];
  readonly failure?: string | undefined;
}

const replayed = (file: string): readonly Run[] =>
  readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Run)
    .sort((a, b) => a.index - b.index);

const observed = async ({ count, from, seed, repeat, lanes, save }: Options): Promise<readonly Run[]> => {
  const chosen = Array.from({ length: count }, (_, nth) => from + nth);
  const rounds = Array.from({ length: repeat }, () => chosen).flat();
  const seen = new Map<number, Observed[]>(chosen.map((index) => [index, []]));
  const scenarioOf = (index: number): TransferScenario => transferScenario(seed, index);
  await runOnKernel("transfer-scenario.py", rounds.map(scenarioOf), lanes, (result, nth) =>
    seen.get(rounds[nth]!)!.push(result as Observed),
  );
  const runs = [...seen].map(([index, kernel]) => ({ index, scenario: scenarioOf(index), kernel }));
  if (save !== undefined) writeFileSync(save, runs.map((run) => `${JSON.stringify(run)}\n`).join(""));
  return runs;
};

/** What the model makes of it; a run that throws is wrong in every figure. */
export const judge = (run: Run): Judged => {
  try {
    return {
      ...run,
      compared: compareFigures(run.kernel, observedOfModel(simulate(run.scenario))),
    };
  } catch (error) {
    const failure = error instanceof Error ? error.message : String(error);
    const compared = compareFigures(run.kernel, run.kernel[0]!).map((one) => ({ ...one, model: undefined, error: 1 }));
    return { ...run, compared, failure };
  }
};

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

const shown = (value: number | undefined): string =>
  value === undefined ? "none" : String(Math.round(value * 1000) / 1000);

const story = ({ index, scenario, compared, failure }: Judged): string => {
  const { sender, receiver } = scenario;
  const [write] = sender.writes ?? [];
  const who = `${index}: ${deviceOf(scenario)}, ${readerOf(scenario)}, sndbuf ${sender.sndbuf}, rcvbuf ${receiver.rcvbuf}, ${write?.bytes} bytes by ${write?.chunk}`;
  if (failure !== undefined) return `${who}: ${failure}`;
  const far = compared.filter(({ error }) => error > goals.p95);
  return `${who}: ${far.map(({ name, kernel, model }) => `${name} ${kernel.map(shown).join(" or ")} on the kernel, ${shown(model)} in the model`).join("; ")}`;
};

const largest = ({ compared }: Judged): number => Math.max(0, ...compared.map(({ error }) => error));

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

export const transfer: Entry = {
  name: "transfer",
  count: 512,
  compare: async (options) =>
    report((options.replay === undefined ? await observed(options) : replayed(options.replay)).map(judge)),
};
