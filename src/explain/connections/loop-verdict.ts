// Whether a standing event loop explains that a socket waits, and whose doing it is that the loop stands.
import type { Thresholds } from "../thresholds.js";
import type { Block, LoopState } from "./loops.js";
import type { Row } from "./rule.js";

/** The loop has stood for a block's length and most of the time in question. */
export const isBlocked = (loop: LoopState, waitedMs: number, { blockedMs, mainShare }: Thresholds): boolean =>
  loop.stillMs >= blockedMs && loop.stillMs >= mainShare * waitedMs;

/** Stopped, throttled or without a CPU for most of it: then the application did not block it. */
export const isHeld = ({ stillMs, heldMs }: Block): boolean => heldMs >= stillMs / 2;

/** The loop has turned, or slept in epoll_wait, since then: it had its chance, whatever it does now. */
export const hadItsChance = ({ movedAt }: LoopState, since: number): boolean =>
  movedAt !== undefined && movedAt > since;

/**
 * From outside a thread on a CPU may turn without rest as well as stand: libuv's counts are not seen. Nothing that it
 * serves was read meanwhile, which speaks for a block and does not prove it.
 */
export const isOnlyBusy = ({ outside }: { readonly outside: boolean }, { stillMs, cpuMs = 0 }: Block): boolean =>
  outside && cpuMs >= stillMs / 2;

export const notCounted: Row = [
  "not known",
  "whether the loop turned meanwhile (libuv's count)",
  undefined,
  "missing readings, from outside",
];

export const loopRows = (loop: Block): readonly Row[] => [
  ["event loop stood for", loop.stillMs || undefined, "ms", "uv idle time, loop count"],
  ["of it on a CPU", loop.stillMs > 0 ? loop.cpuMs : undefined, "ms", "schedstat"],
  ["of it stopped or without a CPU", loop.heldMs > 0 ? loop.heldMs : undefined, "ms", "schedstat, cpu.stat, state"],
];

/** The block that holds now, or the longest since the look before. */
export const blockOf = (loop: LoopState): Block => (loop.stillMs > 0 || !loop.ended ? loop : loop.ended);
