// One stretch of trouble at a listener: from the first waiting connection to the empty queue, with the part of it in
// which the queue was pressed kept apart, since that is the time causes are judged over.
import { type Account, emptyAccount, fold } from "./account.js";
import type { ListenerStep } from "./listener-step.js";
import type { LoopRun } from "./loop-run.js";
import type { Thresholds } from "./thresholds.js";

export interface Disturbance {
  readonly openedAt: number;
  readonly openedTime: number;
  /** Steps in which somebody waited. */
  readonly held: Account;
  /** Steps in which the queue was at least 3/4 full, or dropped. */
  readonly pressed: Account;
  /** The present and the longest unbroken time at 3/4, and full. */
  readonly pressedRunMs: number;
  readonly longestPressedMs: number;
  readonly fullRunMs: number;
  readonly longestFullMs: number;
  /** When the queue was last pressed or dropped. */
  readonly lastPressedAt?: number | undefined;
  readonly firstDropAt?: number | undefined;
  readonly lastDropAt?: number | undefined;
}

export const openDisturbance = (at: number, time: number): Disturbance => ({
  openedAt: at,
  openedTime: time,
  held: emptyAccount,
  pressed: emptyAccount,
  pressedRunMs: 0,
  longestPressedMs: 0,
  fullRunMs: 0,
  longestFullMs: 0,
});

/** Folds one step in. `dropped`: the drop counter moved, whatever it meant. */
export const foldDisturbance = (
  disturbance: Disturbance,
  step: ListenerStep,
  run: LoopRun,
  thresholds: Thresholds,
  dropped: boolean,
): Disturbance => {
  const pressed = step.pressedMs > 0 || dropped;
  const runOn = (part: number, before: number): number => (part >= step.ms && part > 0 ? before + part : part);
  // One place is free for a moment whenever somebody is accepted: a look may meet just that. Two in a row end the run.
  const dips = step.pressedMs > 0 && step.pressedMs >= step.ms / 2;
  const pressedRunMs = dips ? disturbance.pressedRunMs + step.pressedMs : step.pressedMs;
  const fullRunMs = runOn(step.fullMs, disturbance.fullRunMs);
  return {
    ...disturbance,
    held: fold(disturbance.held, step, run, thresholds),
    pressed: pressed ? fold(disturbance.pressed, step, run, thresholds) : disturbance.pressed,
    pressedRunMs,
    longestPressedMs: step.pressed
      ? Math.max(disturbance.longestPressedMs, pressedRunMs)
      : disturbance.longestPressedMs,
    fullRunMs,
    longestFullMs: Math.max(disturbance.longestFullMs, fullRunMs),
    lastPressedAt: pressed ? step.around.at : disturbance.lastPressedAt,
    firstDropAt: disturbance.firstDropAt ?? (step.drops > 0 ? step.around.at : undefined),
    lastDropAt: step.drops > 0 ? step.around.at : disturbance.lastDropAt,
  };
};
