// A profile of the agent's own thread in a child of this folder (profiled-thread.cjs).
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { placesOf } from "../measure/profile.mjs";
import { ownThread, sleep } from "./child.mjs";

/** After the stretch the thread has the profile written. */
const writtenMs = 1500;

/**
 * `life(options)` is given what `startChild` takes, and resolves when the child has been left alone for at least `fromMs` + `ms`.
 * Returns the milliseconds by place.
 */
export async function profiled({ fromMs, ms }, life) {
  const folder = mkdtempSync(join(tmpdir(), "sockscope-bench-"));
  const file = join(folder, "thread.cpuprofile");
  const { preload, env } = ownThread("profiled-thread.cjs");
  try {
    const options = { preload, env: { ...env, BENCH_PROFILE: JSON.stringify({ file, fromMs, ms }) } };
    await life(options, () => sleep(fromMs + ms + writtenMs));
    return placesOf(JSON.parse(readFileSync(file, "utf8")));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
