// From argv to a command and its arguments (util.parseArgs), or one line that says what is wrong and what is accepted.
import { parseArgs } from "node:util";
import type { Arguments, Command, Option } from "./command.js";
import { UsageError } from "./command.js";
import { nearest } from "./nearest.js";

const help: Option = { type: "boolean", short: "h", about: "show this help" };

export type Request =
  | { readonly kind: "help"; readonly command?: Command | undefined }
  | { readonly kind: "version" }
  | { readonly kind: "run"; readonly command: Command; readonly args: Arguments };

/** Throws `UsageError`. */
export const parseRequest = (commands: readonly Command[], argv: readonly string[]): Request => {
  const [first, ...rest] = argv;
  if (first === "--help" || first === "-h") return { kind: "help" };
  if (first === "--version" || first === "-V" || first === "-v") return { kind: "version" };
  if (first === "help") return { kind: "help", command: rest[0] === undefined ? undefined : find(commands, rest[0]) };
  if (first === undefined) throw new UsageError(`no command given; ${accepted(commands)}`);
  if (first.startsWith("-")) throw new UsageError(`unknown option ${first}; accepted here: --help, --version`);
  const command = find(commands, first);
  const args = parseOptions(command, rest);
  return args.values.help === true ? { kind: "help", command } : { kind: "run", command, args };
};

const accepted = (commands: readonly Command[]): string =>
  `commands are ${commands.map((command) => command.name).join(", ")} (sockscope --help)`;

const find = (commands: readonly Command[], name: string): Command => {
  const found = commands.find((command) => command.name === name);
  if (found) return found;
  throw new UsageError(
    `unknown command "${name}"${didYouMean(
      name,
      commands.map((command) => command.name),
    )}; ${accepted(commands)}`,
  );
};

const didYouMean = (word: string, words: readonly string[], before = ""): string => {
  const close = nearest(word, words);
  return close === undefined ? "" : ` (did you mean ${before}${close}?)`;
};

const parseOptions = (command: Command, argv: readonly string[]): Arguments => {
  const options: Record<string, Option> = { ...command.options, help };
  const { values, positionals, tokens } = parseArgs({
    args: withEmptyValues(argv, options),
    options: Object.fromEntries(Object.entries(options).map(([name, option]) => [name, forNode(option)])),
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  for (const token of tokens) if (token.kind === "option") checkOption(command, options, token);
  if (values.help !== true) checkPositionals(command, positionals);
  return { values, positionals };
};

/** `--web --json` is `--web= --json`: what comes next is not its value. */
const withEmptyValues = (argv: readonly string[], options: Readonly<Record<string, Option>>): string[] => {
  const end = argv.includes("--") ? argv.indexOf("--") : argv.length;
  return argv.map((word, index) => {
    const name = word.replace(/^--/, "");
    const isOptional = word.startsWith("--") && Object.hasOwn(options, name) && options[name]?.isValueOptional;
    const next = index + 1 < end ? argv[index + 1] : undefined;
    return isOptional && index < end && (next === undefined || next.startsWith("-")) ? `${word}=` : word;
  });
};

const forNode = (option: Option): { type: "string" | "boolean"; short?: string; multiple?: boolean } => ({
  type: option.type,
  ...(option.short === undefined ? {} : { short: option.short }),
  ...(option.multiple === undefined ? {} : { multiple: option.multiple }),
});

interface OptionToken {
  readonly name: string;
  readonly rawName: string;
  readonly value?: string | undefined;
  readonly inlineValue?: boolean | undefined;
}

const misused = ({ name }: Command, message: string): UsageError => new UsageError(message, name);

const checkOption = (command: Command, options: Readonly<Record<string, Option>>, token: OptionToken): void => {
  const option = Object.hasOwn(options, token.name) ? options[token.name] : undefined;
  const names = Object.keys(options);
  if (!option)
    throw misused(
      command,
      `unknown option ${token.rawName}${didYouMean(token.name, names, "--")}; ` +
        `accepted: ${names.map((name) => `--${name}`).join(", ")}`,
    );
  if (option.type === "boolean" && token.value !== undefined)
    throw misused(command, `${token.rawName} takes no value, "${token.value}" was given`);
  // `-1s` is a value that somebody meant.
  const looksLikeOption = !token.inlineValue && /^-[^\d]/.test(token.value ?? "");
  if (option.isValueOptional) return;
  if (option.type === "string" && (token.value === undefined || token.value === "" || looksLikeOption))
    throw misused(command, `${token.rawName} needs a value: ${token.rawName} ${option.value ?? "VALUE"}`);
};

const checkPositionals = (command: Command, given: readonly string[]): void => {
  const { min, max, name } = command.positionals ?? { min: 0, max: 0, name: "" };
  const extra = given[max];
  if (extra !== undefined)
    throw misused(
      command,
      `unexpected argument "${extra}"; usage: sockscope ${[command.name, command.usage].join(" ").trim()}`,
    );
  if (given.length < min)
    throw misused(command, `${name} is missing; usage: sockscope ${command.name} ${command.usage}`);
};
