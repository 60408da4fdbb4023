// What `diagnose` prints: the news of a finding while watching, and the summary at the end. Pure.
import type { Finding } from "../../explain/finding.js";
import { count } from "../../explain/format.js";
import type { Missing } from "../../snapshot/snapshot.js";
import type { Inside } from "../outside/endpoint-findings.js";
import type { WatchedListener } from "../outside/listener-log.js";
import { wrap } from "./columns.js";
import type { View } from "./finding.js";
import { briefLines, findingLines, remedyLines } from "./finding.js";
import { listenerLines } from "./listeners.js";

/** What was seen over the whole watch. */
export interface Diagnosis {
  readonly findings: readonly Finding[];
  readonly listeners: readonly WatchedListener[];
  readonly missing: readonly Missing[];
  /** Agents of the watched processes that were asked. */
  readonly joined: readonly Inside[];
}

const namesOf = ({ symptom, cause, stack }: Finding): string => [symptom, cause, stack?.[0]].join(" ");

/** The whole finding when it is new or better known; in brief when graver or ended; nothing when figures moved. */
export const newsLines = (before: Finding | undefined, now: Finding, view: View): readonly string[] => {
  const same = before !== undefined && namesOf(before) === namesOf(now);
  if (same && before.state === now.state && before.severity === now.severity) return [];
  const inBrief = [...briefLines(now, view), ...remedyLines(now, view)];
  return [...(same ? inBrief : findingLines(now, view)), ""];
};

export interface Watching {
  readonly listeners: readonly WatchedListener[];
  /** Connections and UDP sockets of the watched processes now. */
  readonly connections: number;
  readonly leftMs: number;
}

/** While watching, in a terminal: the listeners as they are, the fullest first when there is no room for all. */
export const watchLines = (
  { listeners, connections, leftMs }: Watching,
  rows: number,
  view: View,
): readonly string[] => {
  const room = Math.max(1, rows - 2);
  const fullest = listeners.toSorted((a, b) => b.length / (b.limit + 1) - a.length / (a.limit + 1));
  const shown = listeners.length <= room ? listeners : fullest.slice(0, room);
  const more = listeners.length - shown.length;
  return [
    `${Math.ceil(leftMs / 1000)} s left; ${count(connections, "connection")}${more > 0 ? `; ${more} more listeners not shown` : ""}`,
    ...(shown.length === 0 ? [] : listenerLines(shown, view)),
  ];
};

/** Findings that have not ended with their last figures, then the listeners, then what could not be seen. */
export const diagnosisLines = (
  { findings, listeners, missing, joined }: Diagnosis,
  connections: number,
  view: View,
): readonly string[] => {
  const active = findings.filter(({ state }) => state === "active");
  const grave = findings.filter(({ severity }) => severity !== "info").length;
  const verdict = grave === 0 ? "Nothing to act on" : `${count(grave, "finding")} to act on`;
  const silent = joined.flatMap(({ pid, endpoint, reason }) =>
    reason === undefined ? [] : [{ source: `the agent of pid ${pid} at ${endpoint}`, reason }],
  );
  const unseen = [...missing, ...silent];
  const counted = `${count(listeners.length, "listener")} and ${count(connections, "connection")} watched`;
  return [
    view.paint("bold", `${verdict}; ${counted}.`),
    ...joined.flatMap(({ pid, endpoint, reason }) =>
      reason === undefined ? wrap(`Joined with what the agent of pid ${pid} knows (${endpoint}).`, view.width) : [],
    ),
    ...(active.length === 0 ? [] : ["", "Still active:"]),
    ...active.flatMap((finding) => [...briefLines(finding, view), ...remedyLines(finding, view)]),
    ...(listeners.length === 0 ? [] : ["", ...listenerLines(listeners, view)]),
    ...(unseen.length === 0 ? [] : ["", "Not seen:"]),
    ...unseen.flatMap(({ source, reason }) => wrap(`${source}: ${reason}`, view.width, "  ", "    ")),
  ];
};
