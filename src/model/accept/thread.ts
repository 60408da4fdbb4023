// A thread that computes, and the times in which it may not: stopped, throttled, starved, stolen from.
import { nanosPerMs, toNanos } from "../engine.js";
import type { Pause } from "./scenario.js";

interface Window {
  readonly kind: Pause["kind"];
  readonly from: number;
  readonly until: number;
}

export interface Thread {
  /** The first moment from `time` on at which it may run, ns. */
  runsAt(time: number): number;
  /** When `work` ns begun at `time` are done. */
  finish(time: number, work: number): number;
  /** Time between two moments in which it could not run for this reason, ns. */
  paused(from: number, until: number, kinds: readonly Pause["kind"][]): number;
  /** Why it cannot run at this moment. */
  pauseAt(time: number): Window | undefined;
  /** Quota periods that have begun before `time`, and those in which it was cut off. */
  periods(time: number): { readonly all: number; readonly throttled: number };
}

/** CFS bandwidth control's usual period. */
const period = 100 * nanosPerMs;

/** A pause with a quota is a row of short ones. */
const expand = ({ kind, from, until, quota }: Pause): Window[] => {
  const start = toNanos(from);
  const end = toNanos(until);
  if (!quota) return [{ kind, from: start, until: end }];
  const windows: Window[] = [];
  for (let at = start; at < end; at += period)
    windows.push({ kind, from: at + toNanos(quota), until: Math.min(at + period, end) });
  return windows.filter((window) => window.from < window.until);
};

export function createThread(pauses: readonly Pause[]): Thread {
  const windows = pauses.flatMap(expand).sort((a, b) => a.from - b.from);
  const pauseAt = (time: number): Window | undefined =>
    windows.find((window) => window.from <= time && time < window.until);

  const runsAt = (time: number): number => {
    let at = time;
    for (let pause = pauseAt(at); pause; pause = pauseAt(at)) at = pause.until;
    return at;
  };

  const finish = (time: number, work: number): number => {
    let at = runsAt(time);
    let left = work;
    for (;;) {
      const next = windows.find((window) => window.from > at);
      if (!next || at + left <= next.from) return at + left;
      left -= next.from - at;
      at = runsAt(next.from);
    }
  };

  const paused = (from: number, until: number, kinds: readonly Pause["kind"][]): number =>
    windows
      .filter((window) => kinds.includes(window.kind))
      .reduce((sum, window) => sum + Math.max(0, Math.min(until, window.until) - Math.max(from, window.from)), 0);

  return {
    runsAt,
    finish,
    paused,
    pauseAt,
    periods: (time) => ({
      all: Math.floor(time / period),
      throttled: windows.filter(({ kind, from }) => kind === "throttled" && from < time).length,
    }),
  };
}
