// Whether a thread's heap finds room below this process's limits (getrlimit(2)). V8 reserves address space for it at once,
// and ends the whole process where that is refused: so it is asked before.
import { parseRlimit } from "../kernel/rlimits.js";
import { type From, processPath, readText } from "../kernel/proc-root.js";

interface Limit {
  /** As /proc/PID/limits calls it, and as a shell sets it. */
  readonly name: string;
  readonly setBy: string;
  /** What counts against it: a line of /proc/PID/status. */
  readonly counted: string;
  /** What has to be left: on Node 20 to 26 a thread was refused up to 570 and 850 MB, and up to 430. */
  readonly neededMb: number;
}

const limits: readonly Limit[] = [
  { name: "Max address space", setBy: "ulimit -v", counted: "VmSize", neededMb: 1000 },
  { name: "Max data size", setBy: "ulimit -d", counted: "VmData", neededMb: 600 },
];

const usedKbOf = (counted: string, from: From): number | undefined => {
  const used = new RegExp(`^${counted}:\\s+(\\d+)`, "m").exec(readText(processPath(from, "status")) ?? "")?.[1];
  return used === undefined ? undefined : Number(used);
};

/** Why there is no room; `undefined`: there is, as far as can be seen: without /proc no limit is known. */
export const wantOfAddressSpace = (from: From = {}): string | undefined => {
  const allowed = readText(processPath(from, "limits")) ?? "";
  for (const { name, setBy, counted, neededMb } of limits) {
    const limitBytes = parseRlimit(allowed, name) ?? Number.POSITIVE_INFINITY;
    const usedKb = limitBytes === Number.POSITIVE_INFINITY ? undefined : usedKbOf(counted, from);
    if (usedKb === undefined) continue;
    const leftMb = Math.floor((limitBytes / 1024 - usedKb) / 1024);
    if (leftMb < neededMb)
      return `${setBy} leaves ${leftMb} MB of address space, V8 may reserve ${neededMb} for a thread`;
  }
  return undefined;
};
