// Tests that need more than Node: skipped where it is not there, but with SOCKSCOPE_REQUIRE_ALL=1, where they fail.
import { spawnSync } from "node:child_process";
import test, { type ExecutionContext } from "ava";
import { onQuietMachine } from "../lab/quiet-machine.js";

const strict = process.env.SOCKSCOPE_REQUIRE_ALL === "1";
const isRoot = process.getuid?.() === 0;
/** Of iproute2. */
const hasSs = spawnSync("ss", ["-V"]).status === 0;

/** Namespaces are made. */
export const asRoot: typeof test.serial.skip = isRoot || strict ? test.serial : test.serial.skip;
/** Held against ss(8). */
export const withSs: typeof test.serial.skip = hasSs || strict ? test.serial : test.serial.skip;
/** Both. */
export const asRootWithSs: typeof test.serial.skip = (isRoot && hasSs) || strict ? test.serial : test.serial.skip;

/** Both, and how fast bytes move decides: done again where others took the CPU. */
export const timedAsRootWithSs = (title: string, body: (t: ExecutionContext) => Promise<void>): void =>
  asRootWithSs(title, async (t) => {
    t.timeout(200_000);
    await onQuietMachine(t, body);
  });
