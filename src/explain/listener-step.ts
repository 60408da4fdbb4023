// What happened to one listener between two snapshots (TCP_INFO of a LISTEN socket, SO_MEMINFO drops, residents).
import type { ListenerReading } from "../snapshot/snapshot.js";
import { delta, deltaU32 } from "./delta.js";
import type { LoopStep } from "./loop-step.js";
import type { Surroundings } from "./surroundings.js";
import type { Thresholds } from "./thresholds.js";

export interface ListenerStep {
  readonly around: Surroundings;
  readonly loop: LoopStep;
  readonly ms: number;
  readonly wasLength: number;
  readonly length: number;
  /** limit + 1 connections fit. */
  readonly capacity: number;
  /** At least 3/4 full at this moment. */
  readonly pressed: boolean;
  /** Estimated part of the step with the queue at least 3/4 full, and full. */
  readonly pressedMs: number;
  readonly fullMs: number;
  readonly drops: number;
  /** Whether the oldest waiting connection is still the same; undefined when it was not looked at both times. */
  readonly headKept?: boolean | undefined;
  /** Connections newly found among the process's descriptors: accepted in this step or since the last walk. */
  readonly owned?: number | undefined;
  /** Accepts, as well as they can be told. */
  readonly accepts: number;
}

/** A queue seen full at one end only was so for an unknown part of the step: count this much at most. */
const oneEndMs = 50;

const partMs = (was: boolean, is: boolean, ms: number): number =>
  was && is ? ms : was || is ? Math.min(ms / 2, oneEndMs) : 0;

/** How long at least so many have waited together: the age of the last of them. After a gap in the looks it tells more. */
const togetherMs = ({ waiting }: ListenerReading, count: number): number =>
  waiting?.connections.map(({ ageMs }) => ageMs).toSorted((a, b) => b - a)[count - 1] ?? 0;

/** The part of the step in which at least `count` waited. */
const atLeastMs = (before: ListenerReading, after: ListenerReading, count: number, ms: number): number => {
  const part = partMs(before.length >= count, after.length >= count, ms);
  return after.length < count ? part : Math.max(part, Math.min(ms, togetherMs(after, count)));
};

/** One connection an iteration while somebody waits; what the length lost is the least. */
const acceptsOf = (before: ListenerReading, after: ListenerReading, loop: LoopStep, { kept, left }: Head): number => {
  const lost = Math.max(0, before.length - after.length, left);
  if (kept === true) return 0;
  const waited = before.length > 0 && after.length > 0;
  if (loop.motion === "still") return lost;
  return waited && loop.iterations !== undefined && loop.motion === "turned" && (loop.idleMs ?? 0) < 1
    ? Math.max(lost, loop.iterations)
    : lost;
};

export interface Head {
  readonly kept?: boolean | undefined;
  /** Connections that are known to have left the queue since the last look. */
  readonly left: number;
}

/** Compares a listener's two readings. */
export const listenerStepOf = (
  before: ListenerReading,
  after: ListenerReading,
  parts: { around: Surroundings; loop: LoopStep; head: Head },
  thresholds: Thresholds,
): ListenerStep => {
  const { around, loop, head } = parts;
  const capacity = after.limit + 1;
  const pressedFrom = Math.max(1, Math.ceil(thresholds.pressedShare * capacity));
  return {
    around,
    loop,
    ms: around.ms,
    wasLength: before.length,
    length: after.length,
    capacity,
    pressed: after.length >= pressedFrom,
    pressedMs: atLeastMs(before, after, pressedFrom, around.ms),
    fullMs: atLeastMs(before, after, capacity, around.ms),
    drops: deltaU32(before.drops, after.drops) ?? 0,
    headKept: head.kept,
    owned: delta(before.owned?.accepted, after.owned?.accepted),
    accepts: acceptsOf(before, after, loop, head),
  };
};
