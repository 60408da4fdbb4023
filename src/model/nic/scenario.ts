// A nic scenario and what a run of it gives: the shapes of `sockscope simulate`. Times in seconds.
import type { Pattern } from "../accept/scenario.js";

/** Packets on the wire. */
export type PacketArrival = Pattern & {
  /** They belong to so many connections, each of which stays in one queue; left out: spread evenly over the queues. */
  readonly flows?: number | undefined;
  /** They come in groups of so many, back to back; the rate stays. 1 by default. */
  readonly burst?: number | undefined;
  /** The time to the next one varies evenly from none to twice the mean; by default it is always the same. */
  readonly jitter?: boolean | undefined;
};

/** Settings by the kernel's names (net.core.*). */
export interface NicSysctls {
  readonly netdev_budget?: number | undefined;
  readonly netdev_budget_usecs?: number | undefined;
  readonly dev_weight?: number | undefined;
  readonly netdev_max_backlog?: number | undefined;
}

export interface NicSpec {
  /** Places in the receive ring of each queue. */
  readonly ring?: number | undefined;
  readonly packetBytes?: number | undefined;
  /** Bits a second: packets come no closer together than this lets them. */
  readonly lineRate?: number | undefined;
  /** `nic`: interrupts and NAPI. `loopback`, `veth` (without GRO): a sender here hands packets to the CPU's backlog. */
  readonly device?: "nic" | "loopback" | "veth" | undefined;
  readonly queues?: number | undefined;
  /** The CPU that each queue interrupts (irq affinity); of a device without NAPI the first is where its sender runs. */
  readonly irqCpus?: readonly number[] | undefined;
  /** CPUs that packets are steered to (rps_cpus); none: they stay where they were fetched. */
  readonly rpsCpus?: readonly number[] | undefined;
  /** The device's own pause before an interrupt, seconds (ethtool -C rx-usecs). */
  readonly interruptPause?: number | undefined;
  /** Polls without packets after which the interrupt comes back (/sys/class/net/IF/napi_defer_hard_irqs). */
  readonly napi_defer_hard_irqs?: number | undefined;
  /** Until the next poll while the interrupt is deferred, nanoseconds (/sys/class/net/IF/gro_flush_timeout). */
  readonly gro_flush_timeout?: number | undefined;
  /** Packets of one flow that GRO makes one of at most; 1: none are merged. */
  readonly groSegments?: number | undefined;
  /** The driver looks again after the interrupt is let through, and polls on without one: virtio_net, veth with GRO. */
  readonly rechecks?: boolean | undefined;
  /** Polls run in a thread of their own (/sys/class/net/IF/threaded). */
  readonly threaded?: boolean | undefined;
}

export interface NicCpuSpec {
  /** An interrupt, until the softirq that it raised polls. */
  readonly interruptCost: number;
  /** A packet, from the ring to the socket. */
  readonly packetCost: number;
  /** Of it what the driver takes, before GRO and before packets are steered elsewhere; a fifth by default. */
  readonly driverCost?: number | undefined;
  /** A poll, whatever it finds; 0 by default. */
  readonly pollCost?: number | undefined;
  /** CPUs; as many as are named by default. */
  readonly count?: number | undefined;
  /** Ticks a second (CONFIG_HZ); 250 by default. */
  readonly hz?: number | undefined;
  /** A program that always wants to run, on each CPU. */
  readonly program?: boolean | undefined;
}

export interface NicScenario {
  readonly kind: "nic";
  readonly nic?: NicSpec | undefined;
  readonly cpu: NicCpuSpec;
  readonly sysctl?: (NicSysctls & { readonly base?: "linux" | "host" | undefined }) | undefined;
  /**
   * The kernel's version, `6.18` by default: before 3.19 a pass polls the same device
   * again, before 5.5 packets go up one by one, from 4.9 to 6.4 no softirq runs while ksoftirqd is to.
   */
  readonly kernel?: string | undefined;
  readonly arrivals: readonly PacketArrival[];
  readonly seed?: number | undefined;
  readonly until?: number | undefined;
}

/** One step of the story, in words. */
export interface NicEvent {
  readonly at: number;
  readonly cpu: number;
  readonly event: string;
}

/** The queues and counters so far, at a moment at which something changed. */
export interface NicTimelineEntry {
  readonly at: number;
  /** What the busiest CPU does. */
  readonly mode: "idle" | "program" | "interrupt" | "softirq" | "ksoftirqd" | "thread";
  /** Packets that wait in the rings, and in the backlogs of CPUs. */
  readonly ring: number;
  readonly softnetBacklog: number;
  readonly interrupts: number;
  readonly polls: number;
  readonly received: number;
  readonly ringDrops: number;
  readonly backlogDrops: number;
  readonly timeSqueeze: number;
}

/** softnet_stat's columns by the kernel's names (net/core/net-procfs.c). */
export interface SoftnetRow {
  readonly processed: number;
  readonly dropped: number;
  readonly time_squeeze: number;
  readonly received_rps: number;
  readonly backlog_len: number;
}

/** One CPU: shares of the run. */
export interface NicCpuResult {
  readonly cpu: number;
  readonly softnet: SoftnetRow;
  readonly interrupts: number;
  readonly irqShare: number;
  readonly softirqShare: number;
  /** Of softirqShare what ran in ksoftirqd, where programs get their turn. */
  readonly ksoftirqdShare: number;
  readonly programShare: number;
  readonly idleShare: number;
}

export interface NicQueueResult {
  readonly queue: number;
  readonly cpu: number;
  readonly received: number;
  readonly interrupts: number;
  readonly ringDrops: number;
  readonly peakRing: number;
}

export interface NicResult {
  readonly kind: "nic";
  /** Packets that came, and those that the device or the backlog took. */
  readonly arrivals: number;
  readonly received: number;
  /** Handed to the protocols; after GRO, as softnet_stat counts. */
  readonly processed: number;
  /** Interrupts of the device. */
  readonly interrupts: number;
  /** Polls of the device's NAPI; of a device without one, of the CPUs' backlogs. */
  readonly polls: number;
  readonly fullPolls: number;
  readonly emptyPolls: number;
  readonly packetsPerPoll: number;
  readonly fullPollShare: number;
  /** Share of the packets that were fetched without an interrupt of their own. */
  readonly pollingShare: number;
  readonly ringDrops: number;
  readonly backlogDrops: number;
  readonly timeSqueeze: number;
  /** Share of the time that interrupts and softirqs took of the busiest CPU. */
  readonly busyShare: number;
  /** From arrival to the protocols, seconds; null where none was. */
  readonly wait: { readonly p50: number | null; readonly p95: number | null; readonly max: number | null };
  readonly cpus: readonly NicCpuResult[];
  readonly queues: readonly NicQueueResult[];
  /** The first 200 steps in words. */
  readonly events: readonly NicEvent[];
  readonly timeline: readonly NicTimelineEntry[];
}
