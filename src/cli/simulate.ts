// `sockscope simulate`: runs a scenario of the model, or one for each value of a sweep, and prints what came of it.
import { readFileSync } from "node:fs";
import { release } from "node:os";
import { setImmediate } from "node:timers/promises";
import { errorCode } from "../errors.js";
import { readSysctl, readSysctls } from "../kernel/index.js";
import { parseScenario, type Result, ScenarioError, type SimulateOptions, simulate } from "../model/index.js";
import { type Arguments, type Command, flag, type Io, texts, UsageError } from "./command.js";
import { type Sweep, sweepOf, type Variant, variantsOf } from "./simulate/sweep.js";
import { openProgress } from "./progress.js";
import type { SweepRow } from "./view/figure.js";
import { figuresOf, resultLines } from "./view/results.js";
import { sweepLines } from "./view/sweep.js";

const stdin = 0;

const readScenario = (path: string): unknown => {
  try {
    return JSON.parse(readFileSync(path === "-" ? stdin : path, "utf8")) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) throw new UsageError(`${path}: not JSON: ${error.message.replaceAll("\n", " ")}`);
    throw new UsageError(`${path} cannot be read (${errorCode(error)})`);
  }
};

/** Throws `UsageError` where one of them is malformed, before the first is run. */
const check = (sweep: Sweep, { host }: SimulateOptions): void => {
  try {
    for (const { scenario } of variantsOf(sweep)) parseScenario(scenario, host);
  } catch (error) {
    throw error instanceof ScenarioError ? new UsageError(error.message) : error;
  }
};

/** Of the whole host; shown in the first network namespace alone. */
const cardSettings = ["netdev_budget", "netdev_budget_usecs", "dev_weight", "netdev_max_backlog"] as const;

const hostSettings = (): SimulateOptions["host"] => ({
  ...readSysctls(),
  ...Object.fromEntries(cardSettings.map((name) => [name, readSysctl(`net.core.${name}`)?.[0]])),
});

const viewOf = (io: Io): { width: number; paint: Io["paint"] } => ({ width: io.width(), paint: io.paint });

/** Each run of a sweep, said while it goes on. */
function* runsOf(io: Io, sweep: Sweep): Generator<Variant> {
  const progress = openProgress(io);
  const runs = sweep.axes.reduce((product, { values }) => product * values.length, 1);
  let run = 0;
  try {
    for (const variant of variantsOf(sweep)) {
      run += 1;
      progress.tell(`run ${run} of ${runs}`);
      yield variant;
    }
  } finally {
    progress.end();
  }
}

/** One JSON array, an entry a line: what was set, and the result. */
const printJson = async (io: Io, sweep: Sweep, options: SimulateOptions): Promise<void> => {
  let before = "[";
  for (const { set, scenario } of runsOf(io, sweep)) {
    io.print(`${before}${JSON.stringify({ set, ...simulate(scenario, options) })}`);
    before = ",";
    await setImmediate();
    if (io.interrupted.aborted) return;
  }
  io.print("]");
};

const printTable = async (io: Io, sweep: Sweep, options: SimulateOptions): Promise<void> => {
  const rows: SweepRow[] = [];
  let figures: ReturnType<typeof figuresOf> = [];
  for (const { set, scenario } of runsOf(io, sweep)) {
    const result: Result = simulate(scenario, options);
    figures = figuresOf(result);
    rows.push({ set, values: figures.map((figure) => figure.of(result)) });
    await setImmediate();
    if (io.interrupted.aborted) return;
  }
  const keys = sweep.axes.map(({ key }) => key);
  io.print(sweepLines(keys, figures, rows, viewOf(io)).join("\n"));
};

const run = async (io: Io, args: Arguments): Promise<number> => {
  const sweep = sweepOf(readScenario(args.positionals[0]!), texts(args, "set"));
  const options = { host: hostSettings(), release: release() };
  check(sweep, options);
  if (sweep.axes.length > 0) await (flag(args, "json") ? printJson : printTable)(io, sweep, options);
  else {
    const progress = openProgress(io, true);
    progress.tell("running the model …");
    const result: Result = simulate(sweep.scenario, options);
    progress.end();
    io.print(flag(args, "json") ? JSON.stringify(result) : resultLines(result, viewOf(io)).join("\n"));
  }
  return 0;
};

export const simulateCommand: Command = {
  name: "simulate",
  summary: "run the model on a scenario: what the kernel would do, in virtual time",
  usage: "SCENARIO.json [--set KEY=VALUE …] [--json]",
  about: [
    'A scenario is a JSON file, "-" for standard input: { "kind": "accept", "listener": { "backlog": 4 }, "arrivals": [{ "at": 0, "count": 10 }], "accepts": [{ "at": 3.5, "count": "all" }], "until": 10 }.',
    "--set listener.backlog=16 or --set arrivals.0.count=20 changes a value of it.",
    "--set listener.backlog=1..64, =1..4096*2 (each twice the one before), =0..1+0.1 or =1,2,4 runs it for each value: a table and charts; two such keys make a grid. At most 10,000 runs.",
  ],
  options: {
    set: { type: "string", multiple: true, value: "KEY=VALUE", about: "change one value of the scenario, or sweep it" },
    json: { type: "boolean", about: "print the whole result as JSON; of a sweep, an array with one a run" },
  },
  positionals: { min: 1, max: 1, name: "SCENARIO.json" },
  run,
};
