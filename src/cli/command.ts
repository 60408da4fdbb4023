// What a command of the command line is: its words, its options, and a function from arguments to an exit status.
import type { Paint } from "./view/paint.js";

export interface Command {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** What follows the command's name: `[--pid N | --port N] [--duration 5s]`. */
  readonly usage: string;
  /** Further lines of `--help`: what it does, examples. */
  readonly about?: readonly string[] | undefined;
  readonly options: Readonly<Record<string, Option>>;
  /** How many positional arguments it takes; 0 when left out. */
  readonly positionals?: { readonly min: number; readonly max: number; readonly name: string } | undefined;
  /** Resolves with the exit status; `UsageError` becomes one line on stderr and status 2. */
  run(io: Io, args: Arguments): Promise<number> | number;
}

export interface Option {
  readonly type: "string" | "boolean";
  readonly short?: string | undefined;
  /** May be given more than once (`--set a=1 --set b=2`): `texts(args, name)`. */
  readonly multiple?: boolean | undefined;
  /** May stand without a value, which is then `""`. */
  readonly isValueOptional?: boolean | undefined;
  /** Name of the value in the help text: `N`, `DURATION`. */
  readonly value?: string | undefined;
  readonly about: string;
}

export interface Arguments {
  readonly values: Readonly<Record<string, string | boolean | readonly string[] | undefined>>;
  readonly positionals: readonly string[];
}

/** The world of a command: data on stdout, messages on stderr, the interruption, and what must be restored. */
export interface Io {
  /** Data, with a line's end added, to stdout. */
  print(text: string): void;
  /** Data as it is, to stdout: escape sequences of a live view. */
  write(text: string): void;
  /** A message, with a line's end added, to stderr. */
  tell(text: string): void;
  /** A line below the messages that the next one takes the place of; `""` takes it away. Nothing unless stderr is a terminal. */
  progress(text: string): void;
  /** Stdout is a terminal that understands escape sequences. */
  readonly terminal: boolean;
  readonly paint: Paint;
  /** Columns to fill: the terminal's, else 80. */
  width(): number;
  /** Rows of the terminal, else 24. */
  height(): number;
  /** Aborted by SIGINT, SIGTERM or SIGHUP; the command then returns soon, whatever it returns. */
  readonly interrupted: AbortSignal;
  /** Runs at every kind of exit, last added first: kill children, show the cursor. */
  atExit(restore: () => void): void;
}

/** Wrong usage, or not possible here: one line that says what and what is accepted. Exit status 2. */
export class UsageError extends Error {
  override name = "UsageError";
  /** The command whose arguments are wrong; absent where none is known yet, or where it already runs. */
  readonly command?: string | undefined;

  constructor(message: string, command?: string) {
    super(message);
    this.command = command;
  }
}

export const flag = (args: Arguments, name: string): boolean => args.values[name] === true;

export const text = (args: Arguments, name: string): string | undefined => {
  const value = args.values[name];
  return typeof value === "string" ? value : undefined;
};

export const texts = (args: Arguments, name: string): readonly string[] => {
  const value = args.values[name];
  return Array.isArray(value) ? value : typeof value === "string" ? [value] : [];
};
