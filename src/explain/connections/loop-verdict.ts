// Whether a standing event loop explains that a socket waits, and whose doing it is that the loop stands.
import type { Thresholds } from "../thresholds.js";
import type { LoopState } from "./loops.js";
import type { Row } from "./rule.js";

/** The loop has stood for a block's length and most of the time in question. */
export const isBlocked = (loop: LoopState, waitedMs: number, { blockedMs, mainShare }: Thresholds): boolean =>
  loop.stillMs >= blockedMs && loop.stillMs >= mainShare * waitedMs;

/** Stopped, throttled or without a CPU for most of it: then the application did not block it. */
export const isHeld = ({ stillMs, heldMs }: LoopState): boolean => heldMs >= stillMs / 2;

/** The loop has turned, or slept in epoll_wait, since then: it had its chance. */
export const hadItsChance = (loop: LoopState, since: number): boolean =>
  loop.stillMs === 0 && loop.movedAt !== undefined && loop.movedAt > since;

export const loopRows = (loop: LoopState): readonly Row[] => [
  ["event loop stands for", loop.stillMs, "ms", "uv idle time, loop count"],
  ["of it stopped or without a CPU", loop.heldMs > 0 ? loop.heldMs : undefined, "ms", "schedstat, cpu.stat, state"],
];
