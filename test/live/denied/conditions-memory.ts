// A container's limit of memory: a control group of its own (cgroups(7); Documentation/admin-guide/cgroup-v2.rst,
// cgroup-v1/memory.rst), made by the wrapper and removed when its command has ended.
import { existsSync, readFileSync, rmdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { eventually } from "../../lab/eventually.js";
import type { Condition } from "./condition.js";

const root = "/sys/fs/cgroup";
const name = `sockscope-denied-${process.pid}`;
const limitMb = 160;
const filledMb = 144;

/** Where a group with a limit of memory can be made, and the file that holds the limit. */
const place = (): { readonly folder: string; readonly limit: string } | undefined => {
  const groups = readFileSync("/proc/self/cgroup", "utf8");
  const first = join(root, "memory", /^\d+:memory:(.*)$/m.exec(groups)?.[1] ?? "/");
  if (existsSync(join(first, "memory.limit_in_bytes")))
    return { folder: join(first, name), limit: "memory.limit_in_bytes" };
  const parent = dirname(join(root, /^0::(.*)$/m.exec(groups)?.[1] ?? "/"));
  const control = join(parent, "cgroup.subtree_control");
  if (existsSync(control) && /\bmemory\b/.test(readFileSync(control, "utf8")))
    return { folder: join(parent, name), limit: "memory.max" };
  return undefined;
};

const limited = (): readonly string[] => {
  const found = place();
  if (!found) return [];
  const { folder, limit } = found;
  const make = `mkdir ${folder} && echo ${limitMb}M > ${join(folder, limit)} && echo $$ > ${join(folder, "cgroup.procs")}`;
  return ["sh", "-c", `${make} && exec "$@"`, "sh"];
};

/** What was killed leaves it a moment later. */
const isRemoved = (): boolean => {
  try {
    rmdirSync(place()!.folder);
    return true;
  } catch {
    return false;
  }
};

export const remembering: readonly Condition[] = [
  {
    name: "a container's memory nearly used up",
    how: `a cgroup's limit of ${limitMb} MB, ${filledMb} of them taken by the application before the crowd comes`,
    asRoot: true,
    isPossible: () => place() !== undefined,
    wrap: limited(),
    way: "near-limit",
    env: { FILLED_MB: String(filledMb) },
    after: () => eventually("an empty cgroup", isRemoved, 5000),
    works: { finding: "while blocked", stack: true },
  },
];
