// The findings that a view shows: what is found from outside, joined with what the agents of the processes know.
import { createExplainer, type Explainer } from "../../explain/explainer.js";
import type { Finding } from "../../explain/finding.js";
import type { Snapshot } from "../../snapshot/snapshot.js";
import { joined } from "../outside/endpoint-findings.js";
import { watchInside } from "../outside/inside-watch.js";

export interface LiveFindings {
  see(snapshot: Snapshot): void;
  /** Each fault once: active ones first, the newest first, then those that ended within the last minute. */
  shown(now: number): readonly Finding[];
}

/** A finding stays so long after it has ended. */
const resolvedForMs = 60_000;
/** A process that was not met for so long has ended, or holds nothing any more that is worth a look. */
const goneMs = 10_000;

const activeFirst = (a: Finding, b: Finding): number =>
  a.state === b.state ? b.firstSeen - a.firstSeen : a.state === "active" ? -1 : 1;

/** `named`: the process that the user named, if one. `signal`: ends what is still being asked. */
export const createLiveFindings = (named: number | undefined, signal: AbortSignal): LiveFindings => {
  const processes = new Map<number | undefined, { readonly explainer: Explainer; seenAt: number }>();
  const inside = watchInside(named, signal);
  const resolved = new Map<string, Finding>();
  return {
    see(snapshot) {
      const pid = snapshot.process?.pid;
      inside.ask([pid]);
      const known = processes.get(pid) ?? { explainer: createExplainer(), seenAt: 0 };
      processes.set(pid, known);
      known.seenAt = snapshot.time;
      for (const finding of known.explainer.observe(snapshot))
        if (finding.state === "resolved") resolved.set(finding.id, finding);
        else resolved.delete(finding.id);
    },
    shown(now) {
      for (const [pid, { seenAt }] of processes) if (now - seenAt > goneMs) processes.delete(pid);
      for (const [id, { lastSeen }] of resolved) if (now - lastSeen > resolvedForMs) resolved.delete(id);
      const active = [...processes.values()].flatMap(({ explainer }) => explainer.active());
      const told = inside.findings().filter(({ lastSeen }) => now - lastSeen <= resolvedForMs);
      return joined([...active, ...resolved.values()], told).toSorted(activeFirst);
    },
  };
};
