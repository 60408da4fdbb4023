// The help texts: of all commands, and of one. Pure: commands in, lines out.
import type { Command, Option } from "./command.js";
import { table, wrap } from "./view/columns.js";

const globalOptions: readonly (readonly [string, string])[] = [
  ["--help", "show this help; sockscope COMMAND --help for one command"],
  ["--version", "print the version"],
];

/** `sockscope --help`. */
export const helpOfAll = (commands: readonly Command[], width: number): readonly string[] => [
  "Usage: sockscope COMMAND [OPTIONS]",
  "",
  "Tells what the kernel is doing with a server's sockets, and why.",
  "",
  "Commands:",
  ...table(
    commands.map((command) => [command.name, command.summary] as const),
    width,
  ),
  "",
  "Options:",
  ...table(globalOptions, width),
  "",
  ...wrap("Inside your server: node --import sockscope/register app.js", width),
  ...wrap("Exit status: 0 nothing to act on, 1 findings, 2 wrong usage or not possible here, 130 interrupted.", width),
];

const optionWords = (name: string, option: Option): string =>
  [
    option.short === undefined ? "" : `-${option.short}, `,
    `--${name}`,
    option.type === "boolean" ? "" : option.isValueOptional ? ` [${option.value}]` : ` ${option.value ?? "VALUE"}`,
  ].join("");

/** `sockscope COMMAND --help`. */
export const helpOfOne = (command: Command, width: number): readonly string[] => {
  const rows = Object.entries(command.options).map(
    ([name, option]) => [optionWords(name, option), option.about] as const,
  );
  return [
    `Usage: sockscope ${command.name} ${command.usage}`.trimEnd(),
    "",
    ...wrap(command.summary, width),
    ...(command.about === undefined ? [] : ["", ...command.about.flatMap((line) => wrap(line, width))]),
    "",
    "Options:",
    ...table([...rows, ["-h, --help", "show this help"]], width),
  ];
};
