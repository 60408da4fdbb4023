// The accept path: the model against the kernel, scenario by scenario; counts have to be equal.
import { readFileSync, writeFileSync } from "node:fs";
import type { AcceptScenario } from "../../../src/model/index.js";
import { differences, forKernel, modelOf, type Observed } from "./accept-figures.js";
import { acceptScenarioOf } from "./accept-scenarios.js";
import type { Entry, Options, Report } from "./entry.js";
import { runOnKernel } from "./kernel-lanes.js";
import { withSoftirqsFirst } from "./softirqs-first.js";
import { percent } from "./statistics.js";

const goalShare = 0.98;
const worstShown = 40;
/** Handshakes wait for seconds without a CPU: so many more go at a time. */
const lanesPerLane = 2;
/** A step that comes later than this tells of a CPU that others had. */
const latestMs = 2;

interface Run {
  readonly index: number;
  readonly scenario: AcceptScenario;
  readonly kernel: Observed;
}

interface Judged extends Run {
  readonly differences: readonly string[];
  /** What the measured times say about a disagreement. */
  readonly why?: string | undefined;
}

const replayed = (file: string): readonly Run[] =>
  readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Run)
    .sort((a, b) => a.index - b.index);

const observed = async ({ count, from, seed, repeat, lanes, save }: Options): Promise<readonly Run[]> => {
  const chosen = Array.from({ length: count * repeat }, (_, nth) => from + (nth % count));
  const scenarios = chosen.map((index) => acceptScenarioOf(seed, index));
  const runs: Run[] = [];
  await withSoftirqsFirst(() =>
    runOnKernel("accept-scenario.py", scenarios.map(forKernel), lanes * lanesPerLane, (kernel, nth) => {
      runs.push({ index: chosen[nth]!, scenario: scenarios[nth]!, kernel: kernel as Observed });
    }),
  );
  if (save !== undefined) writeFileSync(save, runs.map((run) => `${JSON.stringify(run)}\n`).join(""));
  return runs.sort((a, b) => a.index - b.index);
};

/** By rules over what was measured, never by the disagreement itself. */
const reasonOf = ({ kernel: { lost, lateMs } }: Run): string => {
  if (lost > 0) return `the CPU's backlog lost ${lost} packets`;
  return lateMs > latestMs ? `a step came ${lateMs} ms late` : "unexplained";
};

export const judge = (run: Run): Judged => {
  const found = differences(modelOf(run.scenario, run.kernel), run.kernel);
  return { ...run, differences: found, why: found.length === 0 ? undefined : reasonOf(run) };
};

type Kind = readonly [title: string, holds: (scenario: AcceptScenario) => boolean];

const kinds: readonly Kind[] = [
  ["loopback", ({ rtt }) => rtt === 0],
  ["delayed link, 20 to 230 ms", ({ rtt }) => rtt !== 0],
  ["cookies off", ({ sysctl }) => sysctl?.tcp_syncookies === 0],
  ["cookies on", ({ sysctl }) => sysctl?.tcp_syncookies === 1],
  ["cookies always", ({ sysctl }) => sysctl?.tcp_syncookies === 2],
  ["abort on overflow", ({ sysctl }) => sysctl?.tcp_abort_on_overflow === 1],
  ["backlog above 100", ({ listener }) => listener.backlog > 100],
  ["cut by somaxconn", ({ listener, sysctl }) => listener.backlog > (sysctl?.somaxconn ?? 0)],
  ["several bursts", ({ arrivals }) => arrivals.length > 1],
  ["accepts at a rate, or a blocking server", ({ accepts }) => !Array.isArray(accepts) || "rate" in (accepts[0] ?? {})],
  ["TCP_DEFER_ACCEPT", ({ listener }) => listener.deferAccept !== undefined],
  ["SO_REUSEPORT", ({ listener }) => listener.reuseport !== undefined],
  ["clients that speak first", ({ clients }) => clients?.speakFirst === true],
  ["clients that give up", ({ clients }) => typeof clients?.timeout === "number"],
  ["all", () => true],
];

const equalShare = (judged: readonly Judged[]): number =>
  judged.filter((one) => one.differences.length === 0).length / judged.length;

const row = ([title, holds]: Kind, judged: readonly Judged[]): readonly string[] => {
  const these = judged.filter(({ scenario }) => holds(scenario));
  if (these.length === 0) return [];
  const equal = these.filter((one) => one.differences.length === 0).length;
  return [`| ${title} | ${these.length} | ${equal} | ${percent(equal / these.length)} |`];
};

const story = ({ index, scenario, kernel, why, ...judged }: Judged): string => {
  const { listener, arrivals, rtt } = scenario;
  const bursts = arrivals.map((burst) => ("at" in burst ? `${burst.count} at ${burst.at} s` : "")).join(", ");
  return `${index}: backlog ${listener.backlog}, ${bursts}, rtt ${rtt} (attempt ${kernel.attempts}): ${judged.differences.join("; ")}: ${why}`;
};

const report = (judged: readonly Judged[]): Report => {
  const apart = judged.filter((one) => one.differences.length > 0);
  const share = equalShare(judged);
  return {
    summary: `${judged.length} runs of ${new Set(judged.map(({ index }) => index)).size} scenarios: ${judged.length - apart.length} equal (${percent(share)})`,
    table: [
      "| scenarios | runs | equal | share |",
      "| --- | ---: | ---: | ---: |",
      ...kinds.flatMap((kind) => row(kind, judged)),
    ],
    worst: apart.slice(0, worstShown).map(story),
    goal: `all counts equal and every connect time within 60 ms in at least ${percent(goalShare)}`,
    isMet: share >= goalShare,
    figures: judged.map(({ index, scenario, kernel, ...rest }) => ({
      index,
      scenario,
      ...rest,
      attempts: kernel.attempts,
    })),
  };
};

export const accept: Entry = {
  name: "accept",
  count: 512,
  compare: async (options) =>
    report((options.replay === undefined ? await observed(options) : replayed(options.replay)).map(judge)),
};
