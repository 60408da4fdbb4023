// An experiment with transfers, as data and one function: two hosts, what runs on them, one labelled fault, and what
// the agent must say about it. scenarios/*.ts hold them; run.ts carries them out; judge.ts compares.
import type { Severity } from "../../../src/explain/finding.js";
import type { Program } from "../child.js";
import type { Defer } from "../command.js";
import type { Log } from "../log.js";
import type { Host, Path, PathOptions } from "./path.js";

/** A program of `test/lab/transfer/apps`: an ordinary Node application that knows nothing of the agent. */
export interface App {
  /** `end.js`, or a program of your own beside it. */
  readonly script: string;
  /** Handed to it as JSON in argv. */
  readonly spec?: unknown;
  /** Loads the agent: `--import sockscope/register`, its lines into the log of the site. */
  readonly agent?: boolean | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
}

/** What a scenario works with. */
export interface Site extends Path {
  readonly log: Log;
  /** Starts an application on a host; resolves when it said that it is ready (and its observer runs). */
  start(host: Host, app: App): Promise<Program>;
  /** From now on the fault is there; called at most once, else it is when `run` resolves. */
  faultBegins(): void;
  /** Waits for a condition, with a deadline (5 s). */
  eventually<T>(
    what: string,
    look: () => T | undefined | false | Promise<T | undefined | false>,
    deadlineMs?: number,
  ): Promise<T>;
  /** A plain wait, for load that has to last. */
  lasts(ms: number): Promise<void>;
  /** Undone when the scenario is over, the last first. */
  readonly defer: Defer;
  /** Aborted when the scenario is over: for loads that go on meanwhile. */
  readonly over: AbortSignal;
}

/** A finding that is as true as the one expected. */
export interface Companion {
  readonly symptom: string;
  readonly cause: string;
  readonly because: string;
}

interface Experiment extends PathOptions {
  /** What distinguishes it from the others of the same pair: size, rate, timing. */
  readonly variant: string;
  /** Sets everything up and begins the fault; what it started goes on until the verdict. */
  readonly run: (site: Site) => Promise<void>;
  readonly companions?: readonly Companion[] | undefined;
  /** Needs the machine for itself: heavy on the CPU, or settings of the whole host. */
  readonly alone?: boolean | undefined;
  /** Of the whole scenario; 40 s. */
  readonly timeoutMs?: number | undefined;
}

export interface Expectation {
  readonly symptom: string;
  readonly cause: string;
  /** At least this; `info`: not more than this. `warning`. */
  readonly severity?: Severity | undefined;
  /** From the fault to when the symptom is one that a person should know of; by default the symptom's threshold. */
  readonly evidentMs?: number | undefined;
  /** The subject's port, path or interface; 3000. `null`: it has none. */
  readonly at?: number | string | null | undefined;
}

export interface Fault extends Experiment {
  readonly expect: Expectation;
}

/** Nothing may be said at warning or above. */
export interface Healthy extends Experiment {
  readonly healthy: true;
  /** How long it is watched after `run` has resolved; 6 s, beyond every threshold of a transfer. */
  readonly watchMs?: number | undefined;
}

export type Scenario = Fault | Healthy;

export const pairOf = (scenario: Scenario): string =>
  "healthy" in scenario ? "healthy" : `${scenario.expect.symptom}/${scenario.expect.cause}`;

export const nameOf = (scenario: Scenario): string => `${pairOf(scenario)}: ${scenario.variant}`;
