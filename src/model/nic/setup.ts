// A scenario with every default filled in, in nanoseconds and jiffies (net/core/dev.c, Documentation/networking/napi.rst).
import { nanosPerSecond, toNanos } from "../engine.js";
import type { NicScenario } from "./scenario.js";

export interface NicSetup {
  readonly ring: number;
  readonly device: "nic" | "loopback" | "veth";
  readonly queueCpus: readonly number[];
  readonly rpsCpus: readonly number[];
  readonly cpuCount: number;
  readonly weight: number;
  readonly threaded: boolean;
  readonly hasProgram: boolean;
  readonly interruptPauseNs: number;
  readonly deferHardIrqs: number;
  readonly groFlushNs: number;
  readonly groSegments: number;
  readonly rechecks: boolean;
  /** Time a packet takes on the wire. */
  readonly wireNs: number;
  readonly interruptNs: number;
  readonly pollNs: number;
  readonly driverNs: number;
  readonly stackNs: number;
  readonly jiffyNs: number;
  readonly budget: number;
  readonly budgetJiffies: number;
  readonly maxBacklog: number;
  /** Before 3.19: a full poll's device is polled again in the same pass. */
  readonly repollsInPass: boolean;
  /** Since 6.4: what was scheduled during a pass still belongs to it where nothing else is left. */
  readonly refillsPass: boolean;
  /** Packets that driver and GRO gather before they go up (gro_normal_batch, since 5.5). */
  readonly normalBatch: number;
  /** 4.9 to 6.4: while ksoftirqd is to run, interrupts run no softirqs. */
  readonly leavesToKsoftirqd: boolean;
}

const defaults = {
  nic: { ring: 256, packetBytes: 1500, queues: 1 },
  hz: 250,
  kernel: "6.18",
  driverShare: 0.2,
  sysctl: { netdev_budget: 300, dev_weight: 64, netdev_max_backlog: 1000 },
} as const;

/** Preamble, check sequence and the gap between frames. */
const framingBytes = 24;

const versionOf = (kernel: string): number => {
  const [major = 0, minor = 0] = kernel.split(".").map(Number);
  return major * 1000 + minor;
};

/** usecs_to_jiffies rounds up: at HZ=250 8000 µs are two jiffies, 1 µs is one. */
export const jiffiesOf = (usecs: number, hz: number): number => Math.ceil((usecs * hz) / 1_000_000);

const cpusOf = ({ nic = {} }: NicScenario) => {
  const queues = nic.device && nic.device !== "nic" ? 1 : (nic.queues ?? defaults.nic.queues);
  const given = nic.irqCpus ?? [0];
  const queueCpus = Array.from({ length: queues }, (_, queue) => given[queue % given.length]!);
  return { queueCpus, rpsCpus: nic.rpsCpus ?? [] };
};

const costsOf = ({ cpu }: NicScenario) => {
  const packetNs = Math.max(1, toNanos(cpu.packetCost));
  const driverNs = Math.min(packetNs, toNanos(cpu.driverCost ?? cpu.packetCost * defaults.driverShare));
  return {
    interruptNs: toNanos(cpu.interruptCost),
    pollNs: toNanos(cpu.pollCost ?? 0),
    driverNs,
    stackNs: packetNs - driverNs,
  };
};

const softirqOf = ({ cpu, sysctl = {} }: NicScenario) => {
  const hz = cpu.hz ?? defaults.hz;
  return {
    jiffyNs: Math.round(nanosPerSecond / hz),
    budget: sysctl.netdev_budget ?? defaults.sysctl.netdev_budget,
    budgetJiffies: jiffiesOf(sysctl.netdev_budget_usecs ?? 2_000_000 / hz, hz),
    maxBacklog: sysctl.netdev_max_backlog ?? defaults.sysctl.netdev_max_backlog,
    weight: sysctl.dev_weight ?? defaults.sysctl.dev_weight,
  };
};

export function setupOf(scenario: NicScenario): NicSetup {
  const { nic = {}, cpu, kernel = defaults.kernel } = scenario;
  const { packetBytes = defaults.nic.packetBytes, lineRate } = nic;
  const cpus = cpusOf(scenario);
  const version = versionOf(kernel);
  return {
    ...cpus,
    ...costsOf(scenario),
    ...softirqOf(scenario),
    ring: nic.ring ?? defaults.nic.ring,
    device: nic.device ?? "nic",
    cpuCount: Math.max(cpu.count ?? 1, ...cpus.queueCpus.map((one) => one + 1), ...cpus.rpsCpus.map((one) => one + 1)),
    threaded: nic.threaded ?? false,
    hasProgram: cpu.program ?? false,
    interruptPauseNs: toNanos(nic.interruptPause ?? 0),
    deferHardIrqs: nic.napi_defer_hard_irqs ?? 0,
    groFlushNs: nic.gro_flush_timeout ?? 0,
    groSegments: nic.groSegments ?? 1,
    rechecks: nic.rechecks ?? false,
    wireNs: lineRate === undefined ? 0 : Math.round(((packetBytes + framingBytes) * 8 * nanosPerSecond) / lineRate),
    normalBatch: version < 5005 ? 1 : 8,
    refillsPass: version >= 6004,
    repollsInPass: version < 3019,
    leavesToKsoftirqd: version >= 4009 && version < 6005,
  };
}
