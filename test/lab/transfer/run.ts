// Carries scenarios out: makes the hosts, begins the fault, waits for the finding and one interval more, ends everything.
import { loadavg } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import type { Defer } from "../command.js";
import { story } from "../judge.js";
import type { Log } from "../log.js";
import { evidentAfterMs, expectedLine, judge, type Verdict, withinMs } from "./judge.js";
import { nameOf, type Scenario } from "./scenario.js";
import { type OpenSite, openSite } from "./site.js";

export interface Outcome extends Verdict {
  readonly scenario: Scenario;
  readonly name: string;
  readonly tookMs: number;
  /** The log in a few lines, of a failure. */
  readonly story: string;
}

/** What comes late beside the finding: one interval more. */
const settleMs = 1200;
const watchedMs = 6000;
const wholeMs = 40_000;

/** How long an expected finding is waited for beyond its time: late is another failure than never. */
const patienceMs = 3000;

const untilSaid = async (scenario: Scenario, { site }: OpenSite, faultAt: number): Promise<void> => {
  if ("healthy" in scenario) return delay(scenario.watchMs ?? watchedMs);
  const { expect } = scenario;
  const end = faultAt + evidentAfterMs(expect) + withinMs + patienceMs;
  while (Date.now() < end && !expectedLine(site.log.findings(), expect)) await delay(50);
  await delay(settleMs);
};

/** An observer that has stopped says nothing wrong: each must have written a sample lately. */
const silent = ({ site, watched }: OpenSite): readonly string[] =>
  watched()
    .filter((pid) => !site.log.lines().some((line) => line.pid === pid && Date.now() - line.time < 3000))
    .map((pid) => `the observer of ${pid} has fallen silent`);

const carryOut = async (scenario: Scenario, defer: Defer, keep: (open: OpenSite) => void): Promise<Verdict> => {
  const open = await openSite(defer, scenario);
  keep(open);
  await scenario.run(open.site);
  const faultAt = open.faultAt() ?? Date.now();
  await untilSaid(scenario, open, faultAt);
  const verdict = judge(scenario, open.site.log.findings(), faultAt);
  return { ...verdict, faults: [...verdict.faults, ...silent(open)] };
};

/** How regularly the observer came to look: a machine with other things to do makes findings late. */
const rhythm = (log: Log): string => {
  const times = log.lines().flatMap(({ event, time }) => (event === "sample" ? [time] : []));
  const gaps = times.slice(1).map((time, n) => time - times[n]!);
  return `between two samples at most ${Math.max(0, ...gaps)} ms; load ${loadavg()[0]!.toFixed(1)}`;
};

const undoAll = async (undos: readonly (() => void | Promise<void>)[]): Promise<readonly string[]> => {
  const failed: string[] = [];
  for (const undo of undos.toReversed())
    try {
      await undo();
    } catch (error) {
      failed.push(`not undone: ${String(error)}`);
    }
  return failed;
};

/** Rejects when the time is up, or when whoever runs the lab wants it to end. */
const cutOff = (ms: number, signal: AbortSignal | undefined): { readonly passed: Promise<never>; clear(): void } => {
  const stop = new AbortController();
  const ends = [AbortSignal.timeout(ms), ...(signal ? [signal] : [])];
  const passed = new Promise<never>((_, reject) => {
    for (const end of ends) {
      const over = (): void => reject(new Error(end === signal ? "interrupted" : `not over after ${ms} ms`));
      if (end.aborted) over();
      else end.addEventListener("abort", over, { signal: stop.signal });
    }
  });
  return { passed, clear: () => stop.abort() };
};

/** Runs one scenario to its end; never throws, whatever went wrong is in `faults`. */
export const runScenario = async (scenario: Scenario, signal?: AbortSignal): Promise<Outcome> => {
  const begun = Date.now();
  const undos: (() => void | Promise<void>)[] = [];
  let isOver = false;
  /** What is still made when the time is up is undone at once. */
  const defer: Defer = (undo) => void (isOver ? undo() : undos.push(undo));
  const limit = cutOff(scenario.timeoutMs ?? wholeMs, signal);
  let open: OpenSite | undefined;
  const work = carryOut(scenario, defer, (made) => {
    open = made;
  });
  const verdict = await Promise.race([work, limit.passed]).catch(
    (error: unknown): Verdict => ({ said: [], faults: [error instanceof Error ? error.message : String(error)] }),
  );
  limit.clear();
  work.catch(() => {});
  isOver = true;
  const told = verdict.faults.length > 0 && open ? `${story(open.site.log)}\n${rhythm(open.site.log)}` : "";
  const faults = [...verdict.faults, ...(await undoAll(undos))];
  return { ...verdict, faults, scenario, name: nameOf(scenario), tookMs: Date.now() - begun, story: told };
};

/**
 * Runs scenarios, `jobs` at a time; those that need the machine for themselves come last, one by one. When `signal` says
 * so it ends at once, and undoes what it made.
 */
export const runAll = async (
  scenarios: readonly Scenario[],
  jobs: number,
  report: (outcome: Outcome) => void,
  signal?: AbortSignal,
): Promise<readonly Outcome[]> => {
  const outcomes: Outcome[] = [];
  const work = async (queue: Scenario[]): Promise<void> => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      if (signal?.aborted) return;
      const outcome = await runScenario(next, signal);
      outcomes.push(outcome);
      report(outcome);
    }
  };
  const together = scenarios.filter(({ alone }) => !alone);
  await Promise.all(Array.from({ length: jobs }, () => work(together)));
  await work(scenarios.filter(({ alone }) => alone));
  return outcomes;
};
