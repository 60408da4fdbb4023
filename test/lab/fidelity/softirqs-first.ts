// The kernel's softirq threads come before the runner while it runs: what a tick's packets set off is done before a program
// goes on that the first of them has woken. Else the scheduler decides, run by run.
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

const commandOf = (pid: string): string => {
  try {
    return readFileSync(`/proc/${pid}/comm`, "utf8");
  } catch {
    return "";
  }
};

const threads = (): readonly string[] =>
  readdirSync("/proc").filter((pid) => /^\d+$/.test(pid) && commandOf(pid).startsWith("ksoftirqd/"));

/** As root, with chrt(1); without it things stay as they are. */
const schedule = (pids: readonly string[], ...policy: readonly string[]): void => {
  for (const pid of pids) spawnSync("chrt", [...policy, "-p", policy[0] === "--fifo" ? "2" : "0", pid]);
};

export async function withSoftirqsFirst(run: () => Promise<void>): Promise<void> {
  const pids = threads();
  const restore = (): void => schedule(pids, "--other");
  const interrupted = (): void => {
    restore();
    process.exit(130);
  };
  process.once("SIGINT", interrupted).once("SIGTERM", interrupted);
  schedule(pids, "--fifo");
  try {
    await run();
  } finally {
    restore();
    process.off("SIGINT", interrupted).off("SIGTERM", interrupted);
  }
}
