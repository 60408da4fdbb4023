// `sockscope demo`: a named fault with real processes and sockets on loopback, explained while it happens, then run
// again with the remedy applied.
import type { Arguments, Command, Io } from "./command.js";
import { flag, UsageError } from "./command.js";
import { requireReadings } from "./here.js";
import type { Again, Demo } from "./demo/demos.js";
import { demos } from "./demo/demos.js";
import { figuresOf, forecastOf, runColumn } from "./demo/figures.js";
import type { Judgement } from "./demo/judge.js";
import { judge } from "./demo/judge.js";
import type { RunResult } from "./demo/run.js";
import { runOnce } from "./demo/run.js";
import { chartOf, tell } from "./demo/teller.js";
import type { Live } from "./live.js";
import { openLive } from "./live.js";
import { nearest } from "./nearest.js";
import { openProgress } from "./progress.js";
import { table, wrap } from "./view/columns.js";
import { compareLines } from "./view/compare.js";
import { findingLines } from "./view/finding.js";
import { snippetLines } from "./view/snippet.js";

export const demo: Command = {
  name: "demo",
  summary: "produce a named fault with real sockets on loopback and explain it live",
  usage: "[NAME] [--list] [--json]",
  about: [`Without a name: ${demos[0]!.name}. Ends by itself; exit status 0 when the diagnosis was right.`],
  options: {
    list: { type: "boolean", about: "list the demos" },
    json: { type: "boolean", about: "print one JSON object at the end: {name, right, expected, finding, runs}" },
  },
  positionals: { min: 0, max: 1, name: "NAME" },
  run: (io, args) => (flag(args, "list") ? list(io, args) : play(io, args, named(args.positionals[0]))),
};

const named = (name: string | undefined): Demo => {
  const names = demos.map((each) => each.name);
  const found = name === undefined ? demos[0] : demos.find((each) => each.name === name);
  if (found) return found;
  const close = nearest(name!, names);
  const hint = close === undefined ? "" : ` (did you mean ${close}?)`;
  throw new UsageError(`no demo is called "${name}"${hint}; there are ${names.join(", ")}`);
};

const list = (io: Io, args: Arguments): number => {
  const rows = demos.map(({ name, about, expect }) => ({ name, about, symptom: expect.symptom, cause: expect.cause }));
  if (flag(args, "json")) io.print(JSON.stringify(rows));
  else
    io.print(
      table(
        rows.map(({ name, about }) => [name, about] as const),
        io.width(),
      ).join("\n"),
    );
  return 0;
};

const play = async (io: Io, args: Arguments, chosen: Demo): Promise<number> => {
  requireReadings("addon", "TCP_INFO");
  const json = flag(args, "json");
  const quiet: Live = { log: () => {}, draw: () => {}, end: () => {} };
  const live = json ? quiet : openLive(io);
  const view = { width: Math.min(120, io.width()), paint: io.paint };
  const progress = openProgress(io);
  // In a terminal the chart says it.
  const doing = (words: string): void => (json || !io.terminal ? progress.tell(words) : undefined);
  doing(`demo ${chosen.name} is running`);
  live.log([
    io.paint("bold", `sockscope demo ${chosen.name}`),
    ...wrap(
      `${chosen.setup} The server is started as yours would be: node --import sockscope/register server.js`,
      view.width,
    ),
    "",
  ]);
  const first = await runOnce(chosen.plan, io, tell(chosen, io, live), (findings, tally) => {
    return judge(findings, chosen.expect).right && tally.waiting === 0;
  });
  live.end(true);
  if (io.interrupted.aborted) return 130;
  const judgement = judge(first.findings, chosen.expect);
  if (judgement.finding)
    live.log(["", ...findingLines(judgement.finding, view), ...snippetLines(judgement.finding.stack?.[0], view)]);
  const again = judgement.finding ? chosen.again(judgement.finding) : [];
  doing("running again with the remedy");
  const results = await playAgain(io, live, again);
  progress.end();
  if (io.interrupted.aborted) return 130;
  const plans: readonly Again[] = [{ title: "as it was", predicted: "asItWas", plan: chosen.plan }, ...again];
  const figures = [first, ...results].map((result, index) => figuresOf(plans[index]!.plan, result));
  if (again.length > 0) {
    const columns = plans.map(({ title, predicted }, index) =>
      runColumn(title, figures[index]!, forecastOf(judgement.finding, predicted)),
    );
    live.log(["", ...compareLines(columns, view)]);
  }
  const runs = plans.map(({ title }, index) => ({ title, ...figures[index]! }));
  conclude(io, json, chosen, judgement, runs);
  return judgement.right ? 0 : 1;
};

/** The runs with the remedy, all at the same time. */
const playAgain = async (io: Io, live: Live, again: readonly Again[]): Promise<readonly RunResult[]> => {
  if (again.length === 0) return [];
  live.log(["", `Now again, with the remedy: ${again.map(({ title }) => title).join(", and beside it: ")}.`]);
  const regions: (readonly string[])[] = again.map(() => []);
  const results = await Promise.all(
    again.map(({ title, plan }, index) => {
      const chart = chartOf(plan, `${title},`, 2, io, (lines) => {
        regions[index] = lines;
        live.draw(["", ...regions.flat()]);
      });
      return runOnce(plan, io, chart, (_findings, tally) => tally.waiting === 0);
    }),
  );
  live.end(false);
  return results;
};

const conclude = (io: Io, json: boolean, chosen: Demo, judgement: Judgement, runs: readonly object[]): void => {
  const { finding, right, wrong } = judgement;
  if (json) io.print(JSON.stringify({ name: chosen.name, right, expected: chosen.expect, wrong, finding, runs }));
  else io.print(`\n${right ? io.paint("green", "The diagnosis is right.") : "The diagnosis is not right:"}`);
  for (const line of wrong) io.tell(`sockscope demo: ${line}`);
};
