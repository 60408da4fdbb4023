// What lies below the sockets, as far as findings are told from it: receive work of each CPU, interfaces, TCP's memory.
// CPUs, interrupts and TCP's memory are of the whole host, interfaces of one network namespace, the cgroup's of a cgroup.

/** One look below the sockets; taken at a slower pace than snapshots. Counters are cumulative. */
export interface NetworkReading {
  /** Online CPUs of the host, ascending. */
  readonly cpus: readonly NetworkCpu[];
  /** CPUs that the columns of `nics[].irqs[].counts` stand for. */
  readonly interruptCpus: readonly number[];
  /** Interfaces of the network namespace; on a host with very many those that moved most. */
  readonly nics: readonly NetworkInterface[];
  /** Of the whole host. */
  readonly tcpMemory?: TcpMemory | undefined;
  /** Of the process's cgroup. */
  readonly cgroupMemory?: CgroupMemory | undefined;
  /** Of the whole host; absent in every network namespace but the first, where they hold without being shown. */
  readonly settings?: NetworkSettings | undefined;
}

/** One CPU's receive work. */
export interface NetworkCpu {
  readonly cpu: number;
  readonly softnet?: SoftnetCpu | undefined;
  readonly softirqs?: CpuSoftirqs | undefined;
  readonly time?: CpuTime | undefined;
}

/** net.core.netdev_*: what one run of net_rx_action and one CPU's softnet backlog may take. */
export interface NetworkSettings {
  readonly netdev_max_backlog?: number | undefined;
  readonly netdev_budget?: number | undefined;
  readonly netdev_budget_usecs?: number | undefined;
}

/** An interface; whatever its kind, driver or kernel does not have is absent. */
export interface NetworkInterface {
  readonly name: string;
  readonly loopback?: boolean | undefined;
  /** `veth`, `bridge`, …; absent of a hardware device. */
  readonly kind?: string | undefined;
  readonly driver?: string | undefined;
  /** Packets that its default qdisc holds at most. */
  readonly txQueueLength?: number | undefined;
  readonly rxQueues?: number | undefined;
  readonly statistics: NicStatistics;
  /** The driver's own counters whose names speak of loss. */
  readonly driverDrops?: NicStatistics | undefined;
  readonly queueStatistics?:
    | { readonly rxHwDrops?: number | undefined; readonly rxHwDropOverruns?: number | undefined }
    | undefined;
  readonly ring?: RingSizes | undefined;
  readonly qdiscs?: readonly Qdisc[] | undefined;
  /** `undefined`: none that can be told. */
  readonly irqs?: readonly NicIrq[] | undefined;
  readonly napis?: readonly { readonly threadPid?: number | undefined }[] | undefined;
}

/** One CPU's line. Counters are 32 bits wide and wrap. Columns that this kernel does not print are `undefined`. */
export interface SoftnetCpu {
  /**
   * The CPU's number. Lines of fewer than 13 columns (before about 5.10) lack it, and as offline CPUs have no line,
   * the line's place does not tell it: `undefined`.
   */
  readonly cpu: number | undefined;
  /** Packets handed to the protocols, after GRO. */
  readonly processed: number;
  /** Packets dropped because this CPU's softnet backlog was full (netdev_max_backlog). */
  readonly dropped: number;
  /** Runs of net_rx_action that left work behind: budget or time was used up. No loss by itself. */
  readonly timeSqueeze: number;
  /** Interrupts received from other CPUs that steer packets here (RPS). */
  readonly receivedRps: number | undefined;
  /** Packets dropped by the flow limit. */
  readonly flowLimitCount: number | undefined;
  /** Packets in the softnet backlog now: input and process queue. */
  readonly softnetBacklogLength: number | undefined;
  readonly inputQueueLength: number | undefined;
  readonly processQueueLength: number | undefined;
}

/** One CPU's column, also of a CPU that is offline. Counters are 32 bits wide and wrap. */
export interface CpuSoftirqs {
  readonly cpu: number;
  /**
   * Times NET_RX was raised and run: not packets, not interrupts. Loopback, veth and timers raise it too, and a NAPI
   * instance that polls in a thread of its own does not.
   */
  readonly netRx: number | undefined;
  readonly netTx: number | undefined;
}

/** One online CPU, cumulative, in steps of 10 ms. Idle and I/O wait can step back by a tick. */
export interface CpuTime {
  readonly cpu: number;
  readonly userMs: number;
  readonly systemMs: number;
  readonly idleMs: number;
  readonly iowaitMs: number;
  readonly irqMs: number;
  /**
   * In softirqs of all kinds, ksoftirqd's included; NAPI that polls in a thread of its own is in `systemMs`. Without
   * CONFIG_IRQ_TIME_ACCOUNTING it is sampled once a tick: a short window says little.
   */
  readonly softirqMs: number;
  /** Taken by the hypervisor. */
  readonly stealMs: number;
}

/**
 * Counters of an interface by the kernel's names (struct rtnl_link_stats64); those ending in `bytes` are `bigint` (they
 * pass 2^53). Where packets were lost:
 * - `rx_missed_errors`: the ring was full, nobody fetched in time; `rx_fifo_errors`: the device's own memory was. Some
 *   drivers count a full ring in the one, some in the other, some in neither: virtio's is only in its driver statistics,
 *   and what the host drops before the guest nowhere.
 * - `rx_dropped`: above the driver: the softnet backlog was full, no memory, a filter; `rx_nohandler`: no protocol.
 * - `rx_errors`, `rx_crc_errors`, `rx_frame_errors`, `rx_length_errors`: damaged on the wire.
 * - `tx_dropped`: given up by the device before sending. What a qdisc throws away is not in it, see `Qdisc.drops`.
 */
export type NicStatistics = {
  readonly [name: `${string}bytes`]: bigint | undefined;
  readonly [name: string]: number | bigint | undefined;
};

/** Descriptors of each ring, now and at most; a driver may use fewer than it says. */
export interface RingSizes {
  readonly rx: number;
  readonly rxMax: number;
  readonly tx: number;
  readonly txMax: number;
}

/** What leaves through an interface waits here. Counters but `bytes` are 32 bits wide and wrap. */
export interface Qdisc {
  readonly interfaceIndex: number;
  /** `fq_codel`, `mq`, `noqueue` (nothing waits: loopback, veth), … */
  readonly kind: string;
  /** As tc writes it: `8001:`; `0:` of the kernel's own default. */
  readonly handle: string;
  /** `root`, `ingress`, or the class it hangs on: `1:2`. A classful parent (mq) counts what its children count. */
  readonly parent: string;
  /** Waiting now. */
  readonly queuedBytes?: number | undefined;
  readonly queuedPackets?: number | undefined;
  readonly sentBytes?: bigint | undefined;
  readonly sentPackets?: number | undefined;
  /** Thrown away: the queue was full or the algorithm chose it. tx_dropped of the interface does not contain them. */
  readonly drops?: number | undefined;
  /** How often a shaper held something back; no loss. */
  readonly overlimits?: number | undefined;
  /** How often the driver had no room. */
  readonly requeues?: number | undefined;
  /** What it holds at most, of the kinds whose options are known; `pfifo_fast` goes by `txQueueLength`. */
  readonly limitPackets?: number | undefined;
  readonly limitBytes?: number | undefined;
  /** What a shaper (tbf) lets pass. */
  readonly bytesPerSecond?: number | undefined;
}

/** What an interrupt of a network device serves. */
export interface IrqRole {
  /** `both`: a queue pair. `control`: configuration, link state, management: no packets. */
  readonly serves: "rx" | "tx" | "both" | "control";
  readonly queue?: number | undefined;
}

/** An interrupt of a network device. */
export interface NicIrq {
  readonly irq: number;
  readonly action?: string | undefined;
  readonly role?: IrqRole | undefined;
  /** Interrupts so far by CPU, in the order of `Interrupts.cpus`; 32 bits that wrap. */
  readonly counts: readonly number[];
}

/** Pages: below `low` no pressure; above `pressure` it begins and lasts until `low`; above `high` nothing is given. */
export interface TcpMemoryLimits {
  readonly low: number;
  readonly pressure: number;
  readonly high: number;
}

export interface TcpMemory {
  /** Memory of all TCP sockets of the host, in pages; moves in steps of what each CPU keeps for itself. */
  readonly pages?: number | undefined;
  /** `undefined` inside a network namespace other than the first: the setting is not shown there, yet it holds. */
  readonly limits?: TcpMemoryLimits | undefined;
  readonly pageBytes?: number | undefined;
  /** Sockets no process holds any more that still have something to send or to wait for. */
  readonly orphans?: number | undefined;
  /** Above this, or with much less where memory is short, orphans are reset. `undefined`: as with `limits`. */
  readonly maxOrphans?: number | undefined;
}

/** A limit in bytes; `"none"`: there is none at this level or above it. */
export type MemoryLimit = number | "none";

export interface CgroupMemory {
  readonly version: 1 | 2;
  /** Memory of the sockets of this cgroup and those below it. v1 counts TCP's only, and only once a limit was set. */
  readonly socketBytes?: number | undefined;
  /** What the limit is held against at its level: v2 all memory, v1 TCP's buffers. */
  readonly usageBytes?: number | undefined;
  /** The tightest one of this cgroup and its parents (v2 memory.max, v1 memory.kmem.tcp.limit_in_bytes). */
  readonly limitBytes?: MemoryLimit | undefined;
  /**
   * Times the limit was hit, at its level: v2 `max` of memory.events, v1 memory.kmem.tcp.failcnt, which stays 0 on
   * 6.18 although usage passes the limit: compare the two.
   */
  readonly limitHits?: number | undefined;
  /** v2, where the kernel counts it: times sockets were held back because of this cgroup. */
  readonly socketThrottled?: number | undefined;
  /** v2: times memory was over memory.high and its users were slowed down. */
  readonly highHits?: number | undefined;
}
