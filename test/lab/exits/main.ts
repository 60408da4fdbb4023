// npm run exits [-- PHASE…]: ends an application `times` times in each phase of the agent's life, on each Node, and holds code,
// signal, output and time against the same end without the agent.
//   --times N (200)   --nodes 20,22,24,26 (this one)   --jobs N (2)   exits 1 where an end differed
import { spawnSync } from "node:child_process";
import { parseArgs } from "node:util";
import { join } from "node:path";
import { packageRoot } from "../../package-root.js";
import { type Binary, differenceOf, type Ended, endOnce } from "./ended.js";
import { type How, hows, type Moment, momentsOf, type PhaseName, phaseNames, phases } from "./phases.js";

const own = process.versions.node.split(".")[0]!;
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    times: { type: "string", default: "200" },
    nodes: { type: "string", default: own },
    jobs: { type: "string", default: "2" },
  },
});

/** Each way once in so many moments is enough to know how it is without the agent. */
const aloneTimes = 3;

const binaryOf = (version: string): Binary => {
  const major = Number(version.split(".")[0]);
  if (version === own) return { path: process.execPath, major };
  const { status, stdout } = spawnSync(process.execPath, [join(packageRoot, "scripts/node-binary.mjs"), version], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (status !== 0) throw new Error(`Node ${version} cannot be had`);
  return { path: stdout.trim(), major };
};

/** `jobs` at a time, in their order. */
const eachOf = async <T>(items: readonly T[], take: (item: T) => Promise<void>): Promise<void> => {
  const left = items.values();
  const work = async (): Promise<void> => {
    for (const item of left) await take(item);
  };
  await Promise.all(Array.from({ length: Number(values.jobs) }, work));
};

interface Row {
  readonly phase: PhaseName;
  readonly node: string;
  readonly ends: number;
  readonly differing: number;
  readonly debuggerLines: number;
  readonly logLines: number;
  readonly took: string;
  readonly tookAlone: string;
}

/** Half of them within this, all within that. */
const timesOf = (all: readonly Ended[]): string => {
  const sorted = all.map(({ tookMs }) => Math.round(tookMs)).toSorted((a, b) => a - b);
  return `${sorted[sorted.length >> 1]}, ${sorted.at(-1)}`;
};

const rowOf = async (phase: PhaseName, version: string, say: (line: string) => void): Promise<Row> => {
  const node = binaryOf(version);
  const moments = momentsOf(phases[phase], Number(values.times));
  const first = Object.fromEntries(hows.map((how) => [how, moments.find((moment) => moment.how === how)!]));
  const alone: Ended[] = [];
  const usual = new Map<How, Ended>();
  const differences: string[] = [];
  await eachOf(
    hows.flatMap((how) => Array.from({ length: aloneTimes }, () => how)),
    async (how) => {
      const ended = await endOnce(node, phase, first[how]!, false);
      const other = usual.get(how) && differenceOf(ended, usual.get(how)!);
      if (other !== undefined) throw new Error(`without the agent "${how}" is not always the same: ${other}`);
      usual.set(how, ended);
      alone.push(ended);
    },
  );
  const ends: Ended[] = [];
  await eachOf(moments, async (moment: Moment) => {
    const ended = await endOnce(node, phase, moment, true);
    ends.push(ended);
    const difference = differenceOf(ended, usual.get(moment.how)!);
    if (difference === undefined) return;
    differences.push(difference);
    say(`${phase}, Node ${version}, ${moment.how} after ${moment.delayMs} ms (${moment.stopAfterMs}): ${difference}`);
  });
  return {
    phase,
    node: version,
    ends: ends.length,
    differing: differences.length,
    debuggerLines: ends.filter(({ saysDebugger }) => saysDebugger).length,
    logLines: ends.reduce((sum, { lines }) => sum + lines, 0),
    took: timesOf(ends),
    tookAlone: timesOf(alone),
  };
};

const lineOf = (row: Row): string =>
  `| ${row.phase} | ${row.node} | ${row.ends} | ${row.differing} | ${row.took} | ${row.tookAlone} | ${notesOf(row)} |`;

const notesOf = ({ debuggerLines, logLines }: Row): string =>
  [
    ...(debuggerLines > 0 ? [`${debuggerLines} with Node's line of the debugger`] : []),
    ...(logLines > 0 ? [`${logLines} whole lines written`] : []),
  ].join(", ");

const isPhase = (name: string): name is PhaseName => phaseNames.some((known) => known === name);

const main = async (): Promise<void> => {
  const unknown = positionals.filter((name) => !isPhase(name));
  if (unknown.length > 0)
    throw new Error(`no phase "${unknown.join('", "')}"; there are: "${phaseNames.join('", "')}"`);
  const chosen = positionals.length > 0 ? positionals.filter(isPhase) : phaseNames;
  console.log(
    "| the application ends while the agent is | Node | ends | differing | to the end, ms: median, slowest | without the agent | |",
  );
  console.log("| --- | --- | --- | --- | --- | --- | --- |");
  for (const version of values.nodes.split(","))
    for (const phase of chosen) {
      const row = await rowOf(phase, version, console.error);
      console.log(lineOf(row));
      if (row.differing > 0) process.exitCode = 1;
    }
};

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
});
