// NAPI: sweeps of rates on a veth against the model, whose two costs come from two other rates.
import { readFileSync, writeFileSync } from "node:fs";
import type { Entry, Options, Report } from "./entry.js";
import { runOnKernel } from "./kernel-lanes.js";
import { type Costs, costsOf, errorOf, type Figures, figuresOf, modelFigures, type Seen } from "./nic-figures.js";
import { kernelScenario, type Sweep, sweeps } from "./nic-scenarios.js";
import { percent } from "./statistics.js";

const goal = 0.2;

/** Each run at one rate. */
export interface Measured {
  readonly rate: number;
  readonly seen: readonly Seen[];
}

export interface Row {
  readonly rate: number;
  readonly kernel: readonly Figures[];
  readonly model: Figures;
  readonly error: number;
}

export interface Judged {
  readonly sweep: Sweep;
  readonly costs: Costs;
  readonly rows: readonly Row[];
}

const ratesOf = ({ low, saturating, rates }: Sweep): readonly number[] => [low, saturating, ...rates];

/** One at a time: a second sender would be in the way. */
export const measure = async (sweep: Sweep, repeat: number): Promise<readonly Measured[]> => {
  const rates = ratesOf(sweep);
  const rounds = Array.from({ length: repeat }, () => rates).flat();
  const measured = rates.map((rate) => ({ rate, seen: [] as Seen[] }));
  const scenarios = rounds.map((rate) => kernelScenario(sweep, rate));
  await runOnKernel("nic-scenario.py", scenarios, 1, (result, nth) =>
    measured[nth % rates.length]!.seen.push(result as Seen),
  );
  return measured;
};

const middle = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;

export const judge = (sweep: Sweep, [low, saturating, ...others]: readonly Measured[]): Judged => {
  const all = low!.seen.map((one, run) => costsOf(sweep, one, saturating!.seen[run]!));
  const costs = {
    interruptCost: middle(all.map(({ interruptCost }) => interruptCost)),
    packetCost: middle(all.map(({ packetCost }) => packetCost)),
  };
  const rows = others.map(({ seen }) => {
    const rate = Math.round(middle(seen.map((one) => one.rate)));
    const kernel = seen.map(figuresOf);
    const model = modelFigures(sweep, costs, rate);
    return { rate, kernel, model, error: errorOf(model, kernel) };
  });
  return { sweep, costs, rows };
};

const micros = (value: number): string => `${(value * 1e6).toFixed(1)} µs`;
const span = (values: readonly number[], digits: number): string => {
  const [least, most] = [Math.min(...values).toFixed(digits), Math.max(...values).toFixed(digits)];
  return least === most ? least : `${least}–${most}`;
};

const rowOf = ({ rate, kernel, model, error }: Row): string =>
  `| ${rate} | ${span(
    kernel.map(({ packetsPerPoll }) => packetsPerPoll),
    2,
  )} | ${model.packetsPerPoll.toFixed(2)} | ${span(
    kernel.map(({ fullShare }) => fullShare),
    2,
  )} | ${model.fullShare.toFixed(2)} | ${percent(error)} |`;

const tableOf = ({ sweep, costs, rows }: Judged): readonly string[] => [
  `${sweep.title}: interrupt ${micros(costs.interruptCost)}, packet ${micros(costs.packetCost)} (from ${sweep.low} packets a second and from as many as can be sent)`,
  "",
  "| packets a second | packets per poll, kernel | model | full polls, kernel | model | apart |",
  "| ---: | ---: | ---: | ---: | ---: | ---: |",
  ...rows.map(rowOf),
  "",
];

const replayed = (file: string): readonly (readonly Measured[])[] =>
  JSON.parse(readFileSync(file, "utf8")) as readonly (readonly Measured[])[];

const observed = async ({ repeat, save }: Options): Promise<readonly (readonly Measured[])[]> => {
  const measured: (readonly Measured[])[] = [];
  for (const sweep of sweeps) measured.push(await measure(sweep, repeat));
  if (save !== undefined) writeFileSync(save, JSON.stringify(measured));
  return measured;
};

const compare = async (options: Options): Promise<Report> => {
  const measured = options.replay === undefined ? await observed(options) : replayed(options.replay);
  const judged = sweeps.map((sweep, place) => judge(sweep, measured[place]!));
  const rows = judged.flatMap(({ sweep, rows: each }) => each.map((row) => ({ sweep, ...row })));
  const within = rows.filter(({ error }) => error <= goal);
  const missed = rows.filter(({ error, sweep }) => error > goal && !sweep.isShared);
  return {
    summary: `${within.length} of ${rows.length} predicted rates within ${percent(goal)} of the kernel, in packets per poll and in the share of full polls`,
    table: judged.flatMap(tableOf),
    worst: rows
      .filter(({ error }) => error > goal)
      .map(({ sweep, rate, error }) => `${sweep.title}, ${rate} packets a second: ${percent(error)}`),
    goal: `packets per poll and the share of full polls of a NAPI device within ${percent(goal)} at every rate`,
    isMet: missed.length === 0,
    figures: judged,
  };
};

export const nic: Entry = { name: "nic", count: sweeps.flatMap(ratesOf).length, compare };
