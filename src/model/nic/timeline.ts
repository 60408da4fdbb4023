// The course of a run in at most 2,000 entries: when there are more, every second one goes. Its first steps in words.
import { type Doing, enter, type Cpu } from "./cpu.js";
import { toSeconds } from "../engine.js";
import type { NicWorld } from "./nic-world.js";
import type { NicEvent, NicTimelineEntry } from "./scenario.js";

const most = 2000;
const mostEvents = 200;

export const busyNsOf = ({ spentNs }: Cpu): number =>
  spentNs.interrupt + spentNs.softirq + spentNs.ksoftirqd + spentNs.thread;

/** The CPU that interrupts and softirqs take most of. */
export function busiestOf({ cpus }: NicWorld): Cpu {
  for (const cpu of cpus) enter(cpu, cpu.doing);
  return cpus.reduce((busiest, cpu) => (busyNsOf(cpu) > busyNsOf(busiest) ? cpu : busiest));
}

const sum = <Item>(items: readonly Item[], of: (item: Item) => number): number =>
  items.reduce((total, item) => total + of(item), 0);

const modeOf = ({ cpus }: NicWorld): Doing =>
  cpus.find(({ doing }) => doing !== "idle" && doing !== "program")?.doing ?? cpus[0]!.doing;

const entryOf = (world: NicWorld): NicTimelineEntry => {
  const { engine, stats, queues, backlogs, cpus } = world;
  return {
    at: toSeconds(engine.now()),
    mode: modeOf(world),
    ring: sum(queues, ({ ring }) => ring.length()),
    softnetBacklog: sum(backlogs, (backlog) => backlog.length()),
    interrupts: stats.interrupts,
    polls: stats.polls,
    received: stats.arrivals - stats.ringDrops - stats.backlogDrops,
    ringDrops: stats.ringDrops,
    backlogDrops: stats.backlogDrops,
    timeSqueeze: sum(cpus, ({ softnet }) => softnet.timeSqueeze),
  };
};

export interface NicTimeline {
  /** Something may have changed: called after each step of the run. */
  note(world: NicWorld): void;
  entries(): readonly NicTimelineEntry[];
}

/** An entry where the mode changed, a poll ended, or packets were lost; as seldom as keeps them few. */
export function createNicTimeline(): NicTimeline {
  let entries: NicTimelineEntry[] = [];
  let spacing = 0;
  const note = (world: NicWorld): void => {
    const last = entries.at(-1);
    const at = toSeconds(world.engine.now());
    if (last && at < last.at + spacing) return;
    const entry = entryOf(world);
    const isSame = last && entry.polls === last.polls && entry.mode === last.mode && entry.ringDrops === last.ringDrops;
    if (isSame && entry.backlogDrops === last.backlogDrops) return;
    if (last && at === last.at) entries[entries.length - 1] = entry;
    else entries.push(entry);
    if (entries.length <= most) return;
    entries = entries.filter((_, index) => index % 2 === 0);
    spacing = Math.max(2 * spacing, (at - entries[0]!.at) / most);
  };
  return { note, entries: () => entries };
}

export interface Story {
  readonly tell: Cpu["tell"];
  readonly events: readonly NicEvent[];
}

export function createStory(): Story {
  const events: NicEvent[] = [];
  const tell: Cpu["tell"] = ({ id, engine }, event) => {
    if (events.length < mostEvents) events.push({ at: toSeconds(engine.now()), cpu: id, event });
  };
  return { tell, events };
}
