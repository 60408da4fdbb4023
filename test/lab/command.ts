// One command run to its end, its output as text.
import { spawnSync } from "node:child_process";

/** Undoes what was made; ava's `t.teardown` runs the last one first. */
export type Defer = (undo: () => void | Promise<void>) => void;

/** Runs a command; throws with its own message when it fails. */
export const command = (file: string, ...args: readonly string[]): string => {
  const { status, stdout, stderr, error } = spawnSync(file, args, { encoding: "utf8", timeout: 10_000 });
  if (status !== 0) throw new Error(`${file} ${args.join(" ")}: ${error?.message ?? stderr.trim()}`);
  return stdout;
};
