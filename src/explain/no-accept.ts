// How long a loop has turned or slept without taking anybody from a queue in which somebody waits.
import type { NoAccept } from "./causes/rule.js";
import type { ListenerStep } from "./listener-step.js";

export const acceptsSeen: NoAccept = { iterations: 0, idleMs: 0 };

/** Folds one step in: a sign of an accept ends it, a step that says nothing leaves it as it was. */
export const foldNoAccept = (before: NoAccept, step: ListenerStep): NoAccept => {
  const { loop, headKept, wasLength, length, ms } = step;
  const waited = wasLength > 0 && length > 0;
  if (!waited || headKept === false || length < wasLength || (step.owned ?? 0) > 0) return acceptsSeen;
  const idleMs = loop.idleMs ?? (loop.motion === "idle" ? ms : 0);
  // Without a look at the residents: an accepting loop cannot sleep while somebody waits.
  if (headKept !== true && idleMs < ms / 2) return before;
  return { iterations: before.iterations + (loop.iterations ?? 0), idleMs: before.idleMs + idleMs };
};

/** The largest of both, figure by figure. */
export const longerNoAccept = (a: NoAccept, b: NoAccept): NoAccept => ({
  iterations: Math.max(a.iterations, b.iterations),
  idleMs: Math.max(a.idleMs, b.idleMs),
});
