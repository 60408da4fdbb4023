// Looks below the sockets at a slow pace: every few seconds while all is quiet, every interval while something there
// looks wrong. Whether it does is told from the cheapest figures: softnet_stat, TCP's memory, the cgroup's.
import { openCgroupMemory } from "../kernel/cgroup-memory.js";
import { type HostNetwork, openHostNetwork } from "../kernel/host-network.js";
import type { HostNic } from "../kernel/host-nics.js";
import { threadCpuMs } from "../kernel/loops.js";
import { openParsed } from "../kernel/proc-reader.js";
import { type KeptReading, processPath } from "../kernel/proc-root.js";
import type { ReadAhead } from "../kernel/read-ahead.js";
import { parseSoftnet } from "../kernel/softnet-stat.js";
import { readSysctl } from "../kernel/sysctl.js";
import { openTcpMemory } from "../kernel/tcp-memory.js";
import { delta } from "../explain/delta.js";
import type {
  CgroupMemory,
  NetworkInterface,
  NetworkReading,
  NetworkSettings,
  NicStatistics,
  TcpMemory,
} from "../snapshot/network.js";
import type { CounterName, Counters } from "../snapshot/snapshot.js";

export interface NetworkWatch {
  /**
   * Once an interval, after everything that must not wait: a dump of interfaces may wait for rtnl_lock. `busy`: a
   * listener is in trouble, so only what looks wrong below is worth the time. `undefined`: not this time.
   */
  read(at: number, busy: boolean, counters: Counters | undefined): NetworkReading | undefined;
  close(): void;
}

export interface NetworkWatchOptions {
  /** Whose network namespace and cgroup; default the own. */
  readonly pid?: number | undefined;
  /** A person looks at the figures: taken as often as where something looks wrong. */
  readonly isLive?: boolean | undefined;
  /** What a look reads together. */
  readonly ahead?: ReadAhead | undefined;
  /** What this thread has spent, ms; default: on a CPU, as the clock on the wall would count what others took from it. */
  readonly spentMs?: (() => number) | undefined;
}

/** The whole reading while all is quiet. */
const quietMs = 10_000;
/** What looked wrong is watched for so long after it did: findings end in it. */
const lingerMs = 10_000;
/** The part of the time that it may take: quiet, and while something looks wrong … */
const quietShare = 0.001;
const closeShare = 0.01;
/** … but then it is not put off for longer: on a host with many interfaces each costs something. */
const closeMs = 2000;
/** Settings change when a person changes them. */
const settingsMs = 60_000;
/** A squeeze now and then is no sign. */
const squeezes = 10;
/** Part of a limit from which the memory is watched. */
const nearShare = 0.75;
/** … and of tcp_max_orphans: the kernel counts a stubborn one four times. */
const nearOrphansShare = 0.125;
/** Interfaces shown at most: those that moved most since they exist. */
const maxNics = 64;

const nicStatistics = [
  "rx_packets",
  "tx_packets",
  "rx_bytes",
  "tx_bytes",
  "rx_dropped",
  "tx_dropped",
  "rx_missed_errors",
  "rx_fifo_errors",
];

const pick = (statistics: NicStatistics): NicStatistics => {
  const kept = nicStatistics.map((name) => [name, statistics[name]] as const);
  return Object.fromEntries(kept.filter(([, value]) => value !== undefined)) as NicStatistics;
};

const packetsOf = ({ statistics }: HostNic): number =>
  Number(statistics.rx_packets ?? 0) + Number(statistics.tx_packets ?? 0);

const interfaceOf = (nic: HostNic): NetworkInterface => ({
  name: nic.name,
  loopback: nic.loopback,
  kind: nic.kind,
  driver: nic.driver,
  txQueueLength: nic.txQueueLength,
  rxQueues: nic.rxQueues,
  statistics: pick(nic.statistics),
  driverDrops: nic.driverDrops,
  queueStatistics: nic.queueStatistics,
  ring: nic.ring,
  qdiscs: nic.qdiscs?.filter(({ kind }) => kind !== "noqueue"),
  irqs: nic.irqs,
  napis: nic.napis?.map(({ threadPid }) => ({ threadPid })),
});

/** What of a reading findings are told from: bounded, as it goes into snapshots. */
export const networkReadingOf = (host: HostNetwork, settings: NetworkSettings | undefined): NetworkReading => {
  const nics =
    host.nics.length <= maxNics
      ? host.nics
      : host.nics.toSorted((one, other) => packetsOf(other) - packetsOf(one)).slice(0, maxNics);
  const { cpus, interruptCpus, tcpMemory, cgroupMemory } = host;
  return { cpus, interruptCpus, nics: nics.map(interfaceOf), tcpMemory, cgroupMemory, settings };
};

/** The host's; `undefined` where they are not shown. */
const readSettings = (): NetworkSettings | undefined => {
  const one = (name: string): number | undefined => readSysctl(`net.core.${name}`)?.[0];
  const netdev_max_backlog = one("netdev_max_backlog");
  if (netdev_max_backlog === undefined) return undefined;
  return { netdev_max_backlog, netdev_budget: one("netdev_budget"), netdev_budget_usecs: one("netdev_budget_usecs") };
};

/** Lost where the cheap figures do not show it: at rings, and in queues on the way out. */
const lossesOf = ({ nics }: NetworkReading): number =>
  nics.reduce((sum, { statistics: { rx_missed_errors = 0, rx_fifo_errors = 0 }, qdiscs = [] }) => {
    const queued = qdiscs.reduce((drops, qdisc) => drops + (qdisc.drops ?? 0), 0);
    return sum + Number(rx_missed_errors) + Number(rx_fifo_errors) + queued;
  }, 0);

interface Figures {
  readonly dropped: number;
  readonly squeezed: number;
  readonly memory: TcpMemory | undefined;
  readonly cgroup: CgroupMemory | undefined;
  readonly counters: Counters;
}

const movedBy = (name: CounterName, before: Figures | undefined, now: Figures): boolean =>
  (delta(before?.counters[name], now.counters[name]) ?? 0) > 0;

const looksWrong = (before: Figures | undefined, now: Figures): boolean => {
  const { pages = 0, limits, orphans = 0, maxOrphans } = now.memory ?? {};
  if (limits && pages >= nearShare * limits.pressure) return true;
  if (maxOrphans !== undefined && orphans >= nearOrphansShare * maxOrphans) return true;
  const { version, usageBytes = 0, limitBytes, limitHits, socketThrottled } = now.cgroup ?? {};
  if (version === 1 && typeof limitBytes === "number" && usageBytes >= nearShare * limitBytes) return true;
  if (!before) return false;
  return (
    now.dropped !== before.dropped ||
    now.squeezed - before.squeezed >= squeezes ||
    limitHits !== before.cgroup?.limitHits ||
    socketThrottled !== before.cgroup?.socketThrottled ||
    movedBy("TCPMemoryPressures", before, now) ||
    movedBy("TCPAbortOnMemory", before, now)
  );
};

export const openNetworkWatch = ({
  pid,
  isLive = false,
  ahead,
  spentMs = threadCpuMs,
}: NetworkWatchOptions = {}): NetworkWatch => {
  const from = pid === undefined ? {} : { pid };
  const host: KeptReading<HostNetwork> = openHostNetwork(from);
  const softnet = openParsed(processPath({}, "net/softnet_stat"), parseSoftnet, ahead);
  const memory = openTcpMemory({ ...from, ahead });
  const cgroup = openCgroupMemory({ ...from, ahead });
  let figures: Figures | undefined;
  let wrongAt = Number.NEGATIVE_INFINITY;
  let settings: NetworkSettings | undefined;
  let settingsAt = Number.NEGATIVE_INFINITY;
  let readAt = Number.NEGATIVE_INFINITY;
  let losses: number | undefined;
  /** Of the last reading but the first, which asks drivers for their settings and runs code that is new. */
  let costMs = 0;

  const glance = (counters: Counters | undefined): Figures => {
    const cpus = softnet.read() ?? [];
    return {
      dropped: cpus.reduce((sum, { dropped }) => sum + dropped, 0),
      squeezed: cpus.reduce((sum, { timeSqueeze }) => sum + timeSqueeze, 0),
      memory: memory.read(),
      cgroup: cgroup.read(),
      counters: counters ?? figures?.counters ?? {},
    };
  };
  const readAll = (at: number): NetworkReading | undefined => {
    if (at - settingsAt >= settingsMs) {
      settings = readSettings();
      settingsAt = at;
    }
    const reading = host.read();
    return reading && networkReadingOf(reading, settings);
  };

  return {
    read(at, busy, counters) {
      const seen = glance(counters);
      if (looksWrong(figures, seen)) wrongAt = at;
      // Something was lost somewhere: worth a look sooner, within the quiet budget, as a busy server always repeats.
      const uneasy = movedBy("RetransSegs", figures, seen);
      figures = seen;
      const wrong = isLive || at - wrongAt < lingerMs;
      if (busy && !wrong) return undefined;
      const sparedMs = costMs / quietShare;
      const pauseMs = wrong ? Math.min(costMs / closeShare, closeMs) : Math.max(sparedMs, uneasy ? 0 : quietMs);
      if (at - readAt < pauseMs) return undefined;
      const began = spentMs();
      const reading = readAll(at);
      if (readAt > 0) costMs = spentMs() - began;
      readAt = at;
      const lost = reading && lossesOf(reading);
      if ((delta(losses, lost) ?? 0) > 0) wrongAt = at;
      losses = lost;
      return reading;
    },
    close: () => {
      for (const kept of [host, softnet, memory, cgroup]) kept.close();
    },
  };
};
