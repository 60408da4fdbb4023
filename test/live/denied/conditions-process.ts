// How the process lives: limits, threads, children, managers, test runners, bundles.
import type { Condition, Works } from "./condition.js";

const whole: Works = { finding: "while blocked", stack: true };
const limited = (...limits: readonly string[]): readonly string[] => ["prlimit", ...limits];

/** Address space of `node -e 0`: 730 to 750 MB on Node 20 and 22, 1,275 and 1,285 on 24 and 26. */
const nodeMb = Number.parseInt(process.versions.node, 10) < 24 ? 750 : 1285;

export const surroundings: readonly Condition[] = [
  {
    name: "no descriptor left",
    how: "all taken before the crowd comes",
    wrap: limited("--nofile=80"),
    way: "no-fds",
    works: whole,
  },
  {
    name: "no descriptor left at the start",
    how: "all taken while the agent starts",
    wrap: limited("--nofile=80"),
    way: "no-fds-at-start",
    preload: false,
    works: whole,
  },
  { name: "a memory limit", how: "`ulimit -v`: 3 GB of address space", wrap: limited("--as=3000000000"), works: whole },
  {
    name: "a memory limit that leaves no room for a thread's heap",
    how: "`ulimit -v`: 500 MB more than Node itself takes of the address space",
    wrap: limited(`--as=${nodeMb + 500}000000`),
    works: {
      finding: "afterwards",
      causes: ["event-loop-blocked", "event-loop-saturated", "unknown"],
      stack: false,
      told: /ulimit -v leaves \d+ MB/,
    },
  },
  { name: "the server in a Worker", how: "`worker_threads`", way: "worker", works: { ...whole, stack: false } },
  { name: "a cluster that shares its socket", how: "`node:cluster`, SCHED_NONE", way: "cluster", works: whole },
  {
    name: "a cluster whose primary hands out connections",
    how: "`node:cluster`, SCHED_RR",
    way: "round-robin",
    // The primary is mostly quick enough for the kernel's queue: they wait in its own.
    works: { ...whole, symptom: "accept-wait", causes: ["cluster-queue"], stack: false },
  },
  { name: "a forked server", how: "`child_process.fork`", way: "fork", works: whole },
  {
    name: "`net.Server` is frozen",
    how: "`Object.freeze(net.Server.prototype)` before the start",
    way: "frozen",
    preload: false,
    works: whole,
  },
  { name: "another working folder", how: "`process.chdir` after the start", way: "chdir", works: whole },
  {
    name: "a storm of children",
    how: "processes that come and go all the time, with and without an agent",
    way: "storm",
    works: whole,
  },
];
