// Snapshots into frames: every look of an interval leaves its points, the interval's own snapshot makes the frame. Pure
// but for what it remembers. Addresses are shown as they are given: whoever redacts does so before.
import { delta } from "../../explain/delta.js";
import type { Finding } from "../../explain/finding.js";
import { counterNames, type Snapshot, type StallCapture } from "../../snapshot/snapshot.js";
import { createConnectionRows } from "./connection-rows.js";
import type { Frame, FrameStall } from "./frame.js";
import { createListenerRows, type Opened } from "./listener-rows.js";
import { createLoopRows, processOf } from "./loop-rows.js";
import { createNetworkRows } from "./network-rows.js";
import { shareOf } from "./rates.js";

/** What every look sees, also one that is no whole snapshot. */
export type Seen = Pick<Snapshot, "at" | "listeners" | "loops" | "stalls">;

export interface Frames {
  /** A look within the interval; costs a point for each listener. */
  look(seen: Seen): void;
  /** The frame of the interval that `snapshot` ends. `findings`: active ones first. */
  compose(snapshot: Snapshot, findings: readonly Finding[]): Frame;
}

const stallsAtMost = 10;
const findingsAtMost = 50;
const framesAtMost = 12;

const stallOf = ({ loop, sinceAt, frames, exact, note }: StallCapture, at: number): FrameStall => ({
  loop,
  lastedMs: Math.round(at - sinceAt),
  frames: frames.slice(0, framesAtMost),
  exact,
  note,
});

const countersMoved = (now: Snapshot, before: Snapshot | undefined): Frame["counters"] => {
  if (!now.counters || !before?.counters) return undefined;
  const moved = counterNames.flatMap((name) => {
    const by = delta(before.counters?.[name], now.counters?.[name]);
    return by ? [[name, by] as const] : [];
  });
  return Object.fromEntries(moved);
};

const openedWithin = ({ alone, counters, connections }: Snapshot, before: Snapshot | undefined): Opened => ({
  all: alone && before?.alone ? delta(before.counters?.PassiveOpens, counters?.PassiveOpens) : undefined,
  unmet: connections?.closed?.unmet,
});

export const createFrames = (): Frames => {
  const listeners = createListenerRows();
  const loops = createLoopRows();
  const connections = createConnectionRows();
  const network = createNetworkRows();
  let stalls: FrameStall[] = [];
  let before: Snapshot | undefined;
  let lookedAt: number | undefined;

  const look = (seen: Seen): void => {
    const { at } = seen;
    lookedAt = at;
    listeners.look(at, seen.listeners);
    loops.look(at, seen.loops);
    for (const stall of seen.stalls ?? []) if (stalls.length < stallsAtMost) stalls.push(stallOf(stall, at));
  };

  return {
    look,
    compose(snapshot, findings) {
      const { at, time, source, process, missing } = snapshot;
      if (lookedAt !== at) look(snapshot);
      const intervalMs = before && at - before.at;
      const frame: Frame = {
        v: 1,
        time,
        at: Math.round(at),
        intervalMs: intervalMs && Math.round(intervalMs),
        source,
        process: processOf(snapshot, before),
        loops: loops.compose(snapshot, before),
        ...listeners.compose(at, snapshot.listeners, openedWithin(snapshot, before)),
        connections: connections(snapshot, findings),
        network: network(at, snapshot.network),
        counters: countersMoved(snapshot, before),
        stalls,
        findings: findings.slice(0, findingsAtMost),
        missing,
        observerShare: shareOf(delta(before?.process?.observer?.cpuMs, process?.observer?.cpuMs), intervalMs),
      };
      stalls = [];
      before = snapshot;
      return frame;
    },
  };
};
