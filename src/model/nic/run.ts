// Runs a nic scenario and says what came of it.
import type { Cpu } from "./cpu.js";
import { toNanos } from "../engine.js";
import { createNicWorld, type NicWorld } from "./nic-world.js";
import type { NicCpuResult, NicQueueResult, NicResult, NicScenario } from "./scenario.js";
import { busiestOf, busyNsOf, createNicTimeline, createStory } from "./timeline.js";

/** A run without `until` ends so long after the last packet. */
const afterwards = 0.1;

/** Six digits: shares and means of counts. */
const rounded = (value: number): number => Math.round(value * 1e6) / 1e6;
const share = (part: number, whole: number): number => (whole === 0 ? 0 : rounded(part / whole));

const lastMoment = ({ arrivals }: NicScenario): number =>
  Math.max(0, ...arrivals.map((one) => ("at" in one ? one.at : one.until)));

const cpuResultOf = (
  { cpus, backlogs }: NicWorld,
  { id, softnet, interrupts, spentNs }: Cpu,
  ns: number,
): NicCpuResult => ({
  cpu: cpus[id]!.id,
  softnet: {
    processed: softnet.processed,
    dropped: softnet.dropped,
    time_squeeze: softnet.timeSqueeze,
    received_rps: softnet.receivedRps,
    backlog_len: backlogs[id]!.length(),
  },
  interrupts,
  irqShare: share(spentNs.interrupt, ns),
  softirqShare: share(spentNs.softirq + spentNs.ksoftirqd + spentNs.thread, ns),
  ksoftirqdShare: share(spentNs.ksoftirqd, ns),
  programShare: share(spentNs.program, ns),
  idleShare: share(spentNs.idle, ns),
});

const queueResults = ({ queues }: NicWorld): readonly NicQueueResult[] =>
  queues.map(({ index, cpu, received, interrupts, ringDrops, ring }) => ({
    queue: index,
    cpu: cpu.id,
    received,
    interrupts,
    ringDrops,
    peakRing: ring.peak(),
  }));

const resultOf = (world: NicWorld, ns: number): Omit<NicResult, "events" | "timeline"> => {
  const { stats, cpus } = world;
  const busiest = busiestOf(world);
  const { waits } = stats;
  const interrupts = world.queues.length > 0 ? stats.interrupts : stats.polled;
  return {
    kind: "nic",
    arrivals: stats.arrivals,
    received: stats.arrivals - stats.ringDrops - stats.backlogDrops,
    processed: cpus.reduce((sum, { softnet }) => sum + softnet.processed, 0),
    interrupts: stats.interrupts,
    polls: stats.polls,
    fullPolls: stats.fullPolls,
    emptyPolls: stats.emptyPolls,
    packetsPerPoll: share(stats.polled, stats.polls),
    fullPollShare: share(stats.fullPolls, stats.polls),
    pollingShare: share(Math.max(0, stats.polled - interrupts), stats.polled),
    ringDrops: stats.ringDrops,
    backlogDrops: stats.backlogDrops,
    timeSqueeze: cpus.reduce((sum, { softnet }) => sum + softnet.timeSqueeze, 0),
    busyShare: share(busyNsOf(busiest), ns),
    wait: { p50: waits.quantile(0.5), p95: waits.quantile(0.95), max: waits.quantile(1) },
    cpus: cpus.map((cpu) => cpuResultOf(world, cpu, ns)),
    queues: queueResults(world),
  };
};

/** Runs a scenario that is known to be well formed. */
export function runNic(scenario: NicScenario): NicResult {
  const story = createStory();
  const world = createNicWorld(scenario, story.tell);
  const timeline = createNicTimeline();
  const end = toNanos(scenario.until ?? lastMoment(scenario) + afterwards);
  timeline.note(world);
  world.engine.runUntil(end, () => timeline.note(world));
  timeline.note(world);
  return { ...resultOf(world, Math.max(1, end)), events: story.events, timeline: timeline.entries() };
}
