// Tests that run a program of a Debian package: skipped where it is not installed, but with SOCKSCOPE_REQUIRE_ALL=1,
// where they fail.
import { spawnSync } from "node:child_process";
import test from "ava";

export interface Ran {
  readonly status: number | null;
  readonly text: string;
}

/** Runs it to its end; `text` is all that it printed. */
export const run = (command: string, ...args: readonly string[]): Ran => {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: "utf8", timeout: 60_000 });
  return { status, text: error ? error.message : `${stdout}${stderr}` };
};

/** `test.serial`, where all of them are installed. */
export const testWith = (...programs: readonly string[]): typeof test.serial.skip =>
  process.env.SOCKSCOPE_REQUIRE_ALL === "1" || programs.every((name) => run(name, "--version").status === 0)
    ? test.serial
    : test.serial.skip;
