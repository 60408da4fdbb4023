// Whether a process's cgroup is frozen: cgroup.events (v2, cgroup-v2.rst) and freezer.state (v1, freezer-subsystem.rst).
import { findCgroup } from "./cgroup.js";
import { type From, readText } from "./proc-root.js";

/**
 * True when either freezer has stopped the process, false when at least one says that it has not; `undefined` where
 * neither can be read (the root cgroup has neither file). Both files show what parents impose.
 */
export function readFrozen(pid: number, from: From = {}): boolean | undefined {
  const at = { ...from, pid };
  const own = findCgroup(at, "freezer");
  // A hybrid system has both: the v1 freezer first, then the unified hierarchy, which no v1 line can name.
  const unified = own?.version === 2 ? own : findCgroup(at, "");
  const v1 = own?.version === 1 ? parseFreezerState(readText(`${own.folders[0]}/freezer.state`) ?? "") : undefined;
  const v2 = unified ? parseCgroupEvents(readText(`${unified.folders[0]}/cgroup.events`) ?? "") : undefined;
  return v1 === true || v2 === true ? true : (v1 ?? v2);
}

/** The line `frozen 0|1`. Total. */
export function parseCgroupEvents(text: string): boolean | undefined {
  const digit = /^frozen ([01])$/m.exec(text)?.[1];
  return digit === undefined ? undefined : digit === "1";
}

/** THAWED, FREEZING (some tasks are stopped already) or FROZEN. Total. */
export function parseFreezerState(text: string): boolean | undefined {
  const state = text.trim();
  if (state === "THAWED") return false;
  return state === "FROZEN" || state === "FREEZING" ? true : undefined;
}
