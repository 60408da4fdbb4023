// Whether a thread's heap finds room below this process's limits (getrlimit(2)). V8 reserves address space for it at once,
// and ends the whole process where that is refused: so it is asked before.
import { readFileSync } from "node:fs";

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

const numberIn = (text: string, pattern: string): number => Number(new RegExp(pattern, "m").exec(text)?.[1]);

const read = (name: string): string => {
  try {
    return readFileSync(`/proc/self/${name}`, "latin1");
  } catch {
    // No /proc, or nobody may read it: no limit is known.
    return "";
  }
};

/** Why there is no room; `undefined`: there is, as far as can be seen. */
export const wantOfAddressSpace = (): string | undefined => {
  const allowed = read("limits");
  for (const { name, setBy, counted, neededMb } of limits) {
    const limitBytes = numberIn(allowed, `^${name}\\s+(\\d+)`);
    // "unlimited" is no number.
    if (Number.isNaN(limitBytes)) continue;
    const leftMb = Math.floor((limitBytes / 1024 - numberIn(read("status"), `^${counted}:\\s+(\\d+)`)) / 1024);
    if (leftMb < neededMb)
      return `${setBy} leaves ${leftMb} MB of address space, V8 may reserve ${neededMb} for a thread`;
  }
  return undefined;
};
