// A setting of the whole host for as long as a scenario lasts. Put back whatever becomes of the lab: a process that waits
// for the end of its input, which comes with the end of this one, too, does it.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import type { Defer } from "./command.js";

const fileOf = (name: string): string => `/proc/sys/${name.replaceAll(".", "/")}`;

/** Once more, what `setOnHost` puts back. */
export const changeOnHost = (name: string, value: number | string): void => writeFileSync(fileOf(name), String(value));

/** `name` as sysctl writes it: `net.core.netdev_budget`. */
export const setOnHost = (defer: Defer, name: string, value: number | string): void => {
  const file = fileOf(name);
  const before = readFileSync(file, "utf8").trim();
  const guard = spawn("sh", ["-c", 'read -r _; printf %s "$1" > "$0"', file, before], {
    stdio: ["pipe", "ignore", "inherit"],
    detached: true,
  });
  const restored = once(guard, "exit");
  defer(async () => {
    guard.stdin.end();
    await restored;
    if (readFileSync(file, "utf8").trim() !== before) throw new Error(`${name} is not what it was: ${before}`);
  });
  writeFileSync(file, String(value));
};
