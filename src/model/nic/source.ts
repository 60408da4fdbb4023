// The model as a source of snapshots: what an observer would have read below the sockets of the modelled machine, once
// an interval. Times of CPUs are as with CONFIG_IRQ_TIME_ACCOUNTING, and exact.
import type { CpuTime, NetworkCpu, NetworkInterface, NetworkReading, NicIrq } from "../../snapshot/network.js";
import type { Snapshot } from "../../snapshot/snapshot.js";
import { type Cpu, enter } from "./cpu.js";
import { nanosPerMs, toNanos } from "../engine.js";
import { createNicWorld, type NicWorld } from "./nic-world.js";
import type { NicScenario } from "./scenario.js";
import { startOf2026 } from "../observed.js";

export interface NicSourceOptions {
  /** Between two looks, ms. */
  readonly intervalMs?: number | undefined;
  /** Wall clock at the start of the run, epoch ms. */
  readonly startTime?: number | undefined;
}

const firstIrq = 24;
const names = { nic: "eth0", loopback: "lo", veth: "veth0" } as const;
/** Cards have up to 4096 places. */
const largestRing = 4096;

const timeOf = (cpu: Cpu): CpuTime => {
  enter(cpu, cpu.doing);
  const { idle, program, interrupt, softirq, ksoftirqd, thread } = cpu.spentNs;
  return {
    cpu: cpu.id,
    userMs: program / nanosPerMs,
    systemMs: thread / nanosPerMs,
    idleMs: idle / nanosPerMs,
    iowaitMs: 0,
    irqMs: interrupt / nanosPerMs,
    softirqMs: (softirq + ksoftirqd) / nanosPerMs,
    stealMs: 0,
  };
};

const cpuReading = ({ backlogs }: NicWorld, cpu: Cpu): NetworkCpu => ({
  cpu: cpu.id,
  softnet: {
    cpu: cpu.id,
    ...cpu.softnet,
    flowLimitCount: 0,
    softnetBacklogLength: backlogs[cpu.id]!.length(),
    inputQueueLength: undefined,
    processQueueLength: undefined,
  },
  softirqs: { cpu: cpu.id, netRx: cpu.softirqs, netTx: 0 },
  time: timeOf(cpu),
});

const irqsOf = ({ queues, cpus }: NicWorld): readonly NicIrq[] =>
  queues.map(({ index, cpu, interrupts }) => ({
    irq: firstIrq + index,
    action: `${names.nic}-rx-${index}`,
    role: { serves: "rx", queue: index },
    counts: cpus.map(({ id }) => (id === cpu.id ? interrupts : 0)),
  }));

const interfaceReading = (world: NicWorld): NetworkInterface => {
  const { setup, stats } = world;
  const common = {
    name: names[setup.device],
    loopback: setup.device === "loopback",
    statistics: {
      rx_packets: stats.arrivals - stats.ringDrops - stats.backlogDrops,
      tx_packets: 0,
      rx_dropped: stats.backlogDrops,
      rx_missed_errors: stats.ringDrops,
    },
    qdiscs: [],
  };
  if (setup.device !== "nic") return { ...common, ...(setup.device === "veth" ? { kind: "veth" } : {}) };
  const rxMax = Math.max(setup.ring, largestRing);
  return {
    ...common,
    rxQueues: world.queues.length,
    ring: { rx: setup.ring, rxMax, tx: setup.ring, txMax: rxMax },
    irqs: irqsOf(world),
  };
};

const networkReading = (world: NicWorld): NetworkReading => ({
  cpus: world.cpus.map((cpu) => cpuReading(world, cpu)),
  interruptCpus: world.cpus.map(({ id }) => id),
  nics: [interfaceReading(world)],
  settings: {
    netdev_max_backlog: world.setup.maxBacklog,
    netdev_budget: world.setup.budget,
    netdev_budget_usecs: (world.setup.budgetJiffies * world.setup.jiffyNs) / 1000,
  },
});

/** Runs a scenario (well formed) and yields what was to be seen, until its end. */
export function* observeNic(scenario: NicScenario, options: NicSourceOptions = {}): Generator<Snapshot> {
  const { intervalMs = 1000, startTime = startOf2026 } = options;
  const world = createNicWorld(scenario, () => {});
  const end = toNanos(scenario.until ?? 10);
  for (let now = 0; now <= end; now += intervalMs * nanosPerMs) {
    world.engine.runUntil(now);
    const at = now / nanosPerMs;
    yield { time: startTime + at, at, source: "model", loops: [], listeners: [], network: networkReading(world) };
  }
}
