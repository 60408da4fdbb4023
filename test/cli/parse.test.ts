import test from "ava";
import { type Command, UsageError } from "../../src/cli/command.js";
import { helpOfAll, helpOfOne } from "../../src/cli/help.js";
import { parseRequest } from "../../src/cli/parse.js";

const command: Command = {
  name: "simulate",
  summary: "run the model",
  usage: "SCENARIO.json [--set KEY=VALUE …]",
  options: {
    set: {
      type: "string",
      multiple: true,
      value: "KEY=VALUE",
      about: "change one value of the scenario before the run",
    },
    json: { type: "boolean", about: "print one JSON object" },
    out: { type: "string", short: "o", value: "FILE", about: "where the result goes" },
  },
  positionals: { min: 1, max: 1, name: "SCENARIO.json" },
  run: () => 0,
};
const other: Command = { ...command, name: "doctor", summary: "look around", usage: "", positionals: undefined };
const commands = [command, other];

const refusals: readonly (readonly [string, string])[] = [
  ["", "no command given; commands are simulate, doctor (sockscope --help)"],
  ["simulat", 'unknown command "simulat" (did you mean simulate?); commands are simulate, doctor (sockscope --help)'],
  ["xyz", 'unknown command "xyz"; commands are simulate, doctor (sockscope --help)'],
  ["--frob", "unknown option --frob; accepted here: --help, --version"],
  ["simulate a --jsno", "unknown option --jsno (did you mean --json?); accepted: --set, --json, --out, --help"],
  ["simulate a -x", "unknown option -x; accepted: --set, --json, --out, --help"],
  ["simulate a --json=1", '--json takes no value, "1" was given'],
  ["simulate a --set", "--set needs a value: --set KEY=VALUE"],
  ["simulate a --set --json", "--set needs a value: --set KEY=VALUE"],
  ["simulate a -o", "-o needs a value: -o FILE"],
  ["simulate", "SCENARIO.json is missing; usage: sockscope simulate SCENARIO.json [--set KEY=VALUE …]"],
  ["simulate a b", 'unexpected argument "b"; usage: sockscope simulate SCENARIO.json [--set KEY=VALUE …]'],
  ["doctor a", 'unexpected argument "a"; usage: sockscope doctor'],
];

for (const [argv, message] of refusals)
  test(`"sockscope ${argv}" is refused in one line`, (t) => {
    const words = argv.split(" ").filter(Boolean);
    const error = t.throws(() => parseRequest(commands, words), { instanceOf: UsageError });
    t.is(error?.message, message);
    t.is(error?.command, commands.find(({ name }) => name === words[0])?.name);
  });

test("options, repeated options and positionals reach the command", (t) => {
  const request = parseRequest(commands, ["simulate", "--set", "a=1", "s.json", "--set=b=-2", "-o", "-1s"]);
  t.is(request.kind === "run" && request.command, command);
  t.deepEqual(request.kind === "run" && { values: { ...request.args.values }, rest: request.args.positionals }, {
    values: { set: ["a=1", "b=-2"], out: "-1s" },
    rest: ["s.json"],
  });
});

test("--help wins over what is missing", (t) => {
  t.deepEqual(parseRequest(commands, ["simulate", "--help"]), { kind: "help", command });
  t.deepEqual(parseRequest(commands, ["help", "simulate"]), { kind: "help", command });
  t.deepEqual(parseRequest(commands, ["--help"]), { kind: "help" });
});

test("the help text lists every command", (t) => {
  t.deepEqual(helpOfAll(commands, 80).slice(0, 6), [
    "Usage: sockscope COMMAND [OPTIONS]",
    "",
    "Tells what the kernel is doing with a server's sockets, and why.",
    "",
    "Commands:",
    "  simulate  run the model",
  ]);
});

test("the help text of a command wraps to the width", (t) => {
  t.deepEqual(helpOfOne(command, 50), [
    "Usage: sockscope simulate SCENARIO.json [--set KEY=VALUE …]",
    "",
    "run the model",
    "",
    "Options:",
    "  --set KEY=VALUE  change one value of the",
    "                   scenario before the run",
    "  --json           print one JSON object",
    "  -o, --out FILE   where the result goes",
    "  -h, --help       show this help",
  ]);
});

test("an option whose value may be left out does not take the next option for it", (t) => {
  const serve: Command = {
    name: "serve",
    summary: "",
    usage: "",
    options: {
      web: { type: "string", isValueOptional: true, value: "ADDRESS", about: "" },
      json: { type: "boolean", about: "" },
    },
    positionals: { min: 0, max: 1, name: "FILE" },
    run: () => 0,
  };
  const valuesOf = (...argv: readonly string[]): unknown => {
    const request = parseRequest([serve], ["serve", ...argv]);
    return request.kind === "run" ? { ...request.args.values } : undefined;
  };
  t.deepEqual(valuesOf("--web"), { web: "" });
  t.deepEqual(valuesOf("--web", "--json"), { web: "", json: true });
  t.deepEqual(valuesOf("--json", "--web", "8080"), { web: "8080", json: true });
  t.deepEqual(valuesOf("--web=[::1]:80"), { web: "[::1]:80" });
  t.deepEqual(valuesOf("--web", "--", "--web"), { web: "" });
});
