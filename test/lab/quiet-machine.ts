// Whether a measurement was one: others' work on the same CPUs decides timings, and what the agent truthfully says of
// them. A test that fails while others were measured to take the CPU is done again; one that fails undisturbed has failed.
import { readdirSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import test, { type ExecutionContext } from "ava";
import { eventually } from "./eventually.js";

/** Clock ticks of /proc are hundredths of a second on every Linux that Node runs on. */
const tickMs = 10;
/** Part of one CPU that others may take without a timing of 200 ms noticing. */
const quietShare = 0.15;
/** … from here a failure proves nothing. */
const disturbedShare = 0.25;
const attempts = 3;

interface Times {
  readonly at: number;
  /** user, nice and system time of all CPUs, and what the hypervisor took. */
  readonly allMs: number;
  /** The same of this process and of all that it started. */
  readonly ownMs: number;
}

const ticks = (text: string, from: number, count: number): number =>
  text
    .split(" ")
    .slice(from, from + count)
    .reduce((sum, each) => sum + Number(each), 0);

/** proc_pid_stat(5): after the name, fields 4 (parent) and 14 to 17 (own time, time of ended children). */
const processes = (): Map<number, { readonly parent: number; readonly ms: number }> => {
  const found = new Map<number, { parent: number; ms: number }>();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, "utf8");
      const rest = stat.slice(stat.lastIndexOf(")") + 2);
      found.set(Number(name), { parent: ticks(rest, 1, 1), ms: ticks(rest, 11, 4) * tickMs });
    } catch {
      // It ended while the folder was read.
    }
  }
  return found;
};

const ownTime = (): number => {
  const all = processes();
  const isOwn = (pid: number): boolean => {
    for (let each = pid; each > 1; each = all.get(each)?.parent ?? 0) if (each === process.pid) return true;
    return false;
  };
  return [...all].reduce((sum, [pid, { ms }]) => sum + (isOwn(pid) ? ms : 0), 0);
};

const times = (): Times => {
  const [total = ""] = readFileSync("/proc/stat", "utf8").split("\n");
  const fields = total.replace(/ +/, " ");
  return { at: performance.now(), allMs: (ticks(fields, 1, 3) + ticks(fields, 8, 1)) * tickMs, ownMs: ownTime() };
};

/** CPUs' worth of time that others took between two moments. */
const othersShare = (from: Times, to: Times): number =>
  Math.max(0, to.allMs - from.allMs - (to.ownMs - from.ownMs)) / (to.at - from.at);

const untilQuiet = async (t: ExecutionContext): Promise<void> => {
  const look = async (): Promise<boolean> => {
    const from = times();
    await eventually("a moment", () => performance.now() - from.at > 300);
    return othersShare(from, times()) <= quietShare;
  };
  await eventually("a quiet machine", look, 30_000).catch(() => t.log("the machine did not become quiet in 30 s"));
};

/** Runs the body as an attempt; only a failure during which others took the CPU is followed by another. */
export const onQuietMachine = async (
  t: ExecutionContext,
  body: (t: ExecutionContext) => Promise<void> | void,
): Promise<void> => {
  for (let attempt = 1; ; attempt += 1) {
    const from = times();
    const tried = await t.try(body);
    const others = othersShare(from, times());
    const isDisturbed = others > disturbedShare;
    if (tried.passed || !isDisturbed || attempt === attempts) return tried.commit();
    tried.discard({ retainLogs: true });
    t.log(`others took ${others.toFixed(2)} of ${availableParallelism()} CPUs meanwhile: done again`);
    await untilQuiet(t);
  }
};

/** A test whose verdict hangs on timing, by itself. */
export const timedTest = (title: string, body: (t: ExecutionContext) => Promise<void> | void): void =>
  test.serial(title, async (t) => {
    t.timeout(200_000);
    await onQuietMachine(t, body);
  });
