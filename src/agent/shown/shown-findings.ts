// What `agent.findings()` shows: the active findings, and those that ended within the last minute.
import type { Finding } from "../../explain/finding.js";

export interface ShownFindings {
  add(finding: Finding, at: number): void;
  /** Active ones first, newest first in each group. */
  list(at: number): readonly Finding[];
  readonly active: readonly Finding[];
}

const keptMs = 60_000;
const keptAtMost = 20;

export const createShownFindings = (): ShownFindings => {
  const active = new Map<string, Finding>();
  let resolved: { readonly finding: Finding; readonly at: number }[] = [];
  return {
    add(finding, at) {
      active.delete(finding.id);
      if (finding.state === "active") active.set(finding.id, finding);
      else resolved = [{ finding, at }, ...resolved.filter((other) => other.finding.id !== finding.id)];
    },
    list(at) {
      resolved = resolved.filter((entry) => at - entry.at < keptMs).slice(0, keptAtMost);
      return [...this.active, ...resolved.map(({ finding }) => finding)];
    },
    get active() {
      return [...active.values()].toReversed();
    },
  };
};
