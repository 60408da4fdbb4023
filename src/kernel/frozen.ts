// Whether a process's cgroup is frozen: cgroup.events (v2, cgroup-v2.rst) and freezer.state (v1, freezer-subsystem.rst).
import { existsSync } from "node:fs";
import { type CgroupFolders, findCgroup } from "./cgroup.js";
import { type From, readText } from "./proc-root.js";

/**
 * True when either freezer has stopped the process, false when at least one says that it has not; `undefined` where
 * neither can be read. Both files show what parents impose. The root cgroup has neither: it cannot be frozen.
 */
export function readFrozen(pid: number, from: From = {}): boolean | undefined {
  const at = { ...from, pid };
  const own = findCgroup(at, "freezer");
  // A hybrid system has both: the v1 freezer first, then the unified hierarchy, which no v1 line can name.
  const unified = own?.version === 2 ? own : findCgroup(at, "");
  const v1 = own?.version === 1 ? read(own, "freezer.state", parseFreezerState) : undefined;
  const v2 = unified ? read(unified, "cgroup.events", parseCgroupEvents) : undefined;
  return v1 === true || v2 === true ? true : (v1 ?? v2);
}

function read(
  { folders }: CgroupFolders,
  file: string,
  parse: (text: string) => boolean | undefined,
): boolean | undefined {
  const path = `${folders[0]}/${file}`;
  const text = readText(path);
  if (text !== undefined) return parse(text);
  return folders.length === 1 && !existsSync(path) ? false : undefined;
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
