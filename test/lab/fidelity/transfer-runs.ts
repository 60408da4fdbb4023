// A transfer on the kernel and in the model, and how far they are apart.
import { readFileSync } from "node:fs";
import { simulate } from "../../../src/model/index.js";
import type { TransferScenario } from "../../../src/model/transfer/scenario.js";
import type { Options } from "./entry.js";
import { runOnKernel } from "./kernel-lanes.js";
import { type Compared, compareFigures, type Observed, observedOfModel } from "./transfer-figures.js";
import { deviceOf, readerOf, transferScenario } from "./transfer-scenarios.js";

/** An error above this is told. */
export const farOff = 0.1;

export interface Run {
  readonly index: number;
  readonly scenario: TransferScenario;
  /** What each run on the kernel gave. */
  readonly kernel: readonly Observed[];
}

export interface Judged extends Run {
  readonly compared: readonly Compared[];
  readonly failure?: string | undefined;
}

/** What `--save` kept. */
export const replayed = (file: string): readonly Run[] =>
  readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Run)
    .sort((a, b) => a.index - b.index);

/** Where two programs and the link between them take turns, the kernel's own runs differ more often. */
const timesOf = (scenario: TransferScenario, repeat: number): number =>
  deviceOf(scenario) === "delayed link" ? 2 * repeat : repeat;

/** Runs scenarios of a seed on the kernel, each `repeat` times, on the delayed link twice as often. */
export const observe = async (
  chosen: readonly number[],
  { seed, repeat, lanes }: Pick<Options, "seed" | "repeat" | "lanes">,
): Promise<readonly Run[]> => {
  const scenarioOf = (index: number): TransferScenario => transferScenario(seed, index);
  const rounds = chosen.flatMap((index) => Array<number>(timesOf(scenarioOf(index), repeat)).fill(index));
  const seen = new Map<number, Observed[]>(chosen.map((index) => [index, []]));
  await runOnKernel("transfer-scenario.py", rounds.map(scenarioOf), lanes, (result, nth) =>
    seen.get(rounds[nth]!)!.push(result as Observed),
  );
  return [...seen].map(([index, kernel]) => ({ index, scenario: scenarioOf(index), kernel }));
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

const shown = (value: number | undefined): string =>
  value === undefined ? "none" : String(Math.round(value * 1000) / 1000);

/** One line: what was run, and each figure that is far off. */
export const story = ({ index, scenario, compared, failure }: Judged): string => {
  const { sender, receiver } = scenario;
  const [write] = sender.writes ?? [];
  const who = `${index}: ${deviceOf(scenario)}, ${readerOf(scenario)}, sndbuf ${sender.sndbuf}, rcvbuf ${receiver.rcvbuf}, ${write?.bytes} bytes by ${write?.chunk}`;
  if (failure !== undefined) return `${who}: ${failure}`;
  const far = compared.filter(({ error }) => error > farOff);
  return `${who}: ${far.map(({ name, kernel, model }) => `${name} ${[...new Set(kernel.map(shown))].join(" or ")} on the kernel, ${shown(model)} in the model`).join("; ")}`;
};

/** The error of the figure that is furthest off. */
export const largest = ({ compared }: Judged): number => Math.max(0, ...compared.map(({ error }) => error));
