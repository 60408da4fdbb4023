// `sockscope simulate`: runs a scenario of the model and prints what came of it.
import { readFileSync } from "node:fs";
import { readSysctls } from "../kernel/index.js";
import { type AcceptResult, ScenarioError, simulate } from "../model/index.js";
import { type Arguments, type Command, flag, type Io, texts, UsageError } from "./command.js";
import { setValue } from "./set-value.js";
import { resultLines } from "./view/accept-result.js";

const stdin = 0;

const readScenario = (path: string): unknown => {
  try {
    return JSON.parse(readFileSync(path === "-" ? stdin : path, "utf8")) as unknown;
  } catch (error) {
    const reason = error instanceof Error ? error.message.replaceAll("\n", " ") : String(error);
    throw new UsageError(error instanceof SyntaxError ? `${path}: not JSON: ${reason}` : reason);
  }
};

const resultOf = (scenario: unknown): AcceptResult => {
  try {
    return simulate(scenario, { host: readSysctls() });
  } catch (error) {
    throw error instanceof ScenarioError ? new UsageError(error.message) : error;
  }
};

const run = (io: Io, args: Arguments): number => {
  const scenario = texts(args, "set").reduce(setValue, readScenario(args.positionals[0]!));
  const result = resultOf(scenario);
  io.print(flag(args, "json") ? JSON.stringify(result) : resultLines(result, io.width()).join("\n"));
  return 0;
};

export const simulateCommand: Command = {
  name: "simulate",
  summary: "run the model on a scenario: what the kernel would do, in virtual time",
  usage: "SCENARIO.json [--set KEY=VALUE …] [--json]",
  about: [
    'A scenario is a JSON file, "-" for standard input: { "kind": "accept", "listener": { "backlog": 4 }, "arrivals": [{ "at": 0, "count": 10 }], "accepts": [{ "at": 3.5, "count": "all" }], "until": 10 }.',
    "--set listener.backlog=16 or --set arrivals.0.count=20 changes a value of it.",
  ],
  options: {
    set: { type: "string", multiple: true, value: "KEY=VALUE", about: "change one value of the scenario" },
    json: { type: "boolean", about: "print the whole result as JSON" },
  },
  positionals: { min: 1, max: 1, name: "SCENARIO.json" },
  run,
};
