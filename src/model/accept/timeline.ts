// The course of a run in at most 2,000 entries: when there are more, every second one goes.
import { nanosPerSecond, toSeconds } from "../engine.js";
import type { AcceptWorld } from "./accept-world.js";
import type { TimelineEntry } from "./scenario.js";

const most = 2000;

export interface Timeline {
  /** Something may have changed: called after each step of the run. */
  note(): void;
  entries(): readonly TimelineEntry[];
}

const entryOf = ({ engine, group }: AcceptWorld): TimelineEntry => ({
  at: toSeconds(engine.now()),
  acceptQueue: group.acceptQueue(),
  synQueue: group.synQueue(),
  accepted: group.accepted(),
  overflows: group.counters.ListenOverflows,
  drops: group.counters.ListenDrops,
  listenerDrops: group.drops(),
});

/** Compared before anything is made: this runs after each event. */
const isSame = ({ group }: AcceptWorld, last: TimelineEntry): boolean =>
  group.acceptQueue() === last.acceptQueue &&
  group.synQueue() === last.synQueue &&
  group.accepted() === last.accepted &&
  group.drops() === last.listenerDrops;

export function createTimeline(world: AcceptWorld): Timeline {
  let entries: TimelineEntry[] = [entryOf(world)];
  let spacing = 0;
  /** Times of entries are rounded to this, ns. */
  const grain = 1000;
  const note = (): void => {
    const last = entries.at(-1)!;
    // Most moments of a long run are past the last entry's and too soon for one of their own.
    const since = world.engine.now() - last.at * nanosPerSecond;
    if (since > grain && since < spacing * nanosPerSecond - grain) return;
    if (isSame(world, last)) return;
    const entry = entryOf(world);
    if (entry.at === last.at) entries[entries.length - 1] = entry;
    else if (entry.at >= last.at + spacing) entries.push(entry);
    if (entries.length <= most) return;
    entries = entries.filter((_, index) => index % 2 === 0);
    spacing = Math.max(2 * spacing, (entry.at - entries[0]!.at) / most);
  };
  return { note, entries: () => entries };
}
