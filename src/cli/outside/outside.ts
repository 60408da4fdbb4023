// A Source for the explainer that looks from outside: sock_diag for the listeners, /proc for the process that holds
// them. The target needs no agent, and is seen also while it is stopped.
import type { Counters, Missing, Snapshot, Sysctls } from "../../snapshot/snapshot.js";
import { type Diag, openCounters, openDiag, openHostCpu, readSysctls } from "../../kernel/index.js";
import { sharesNetns } from "../../kernel/proc-root.js";
import { UsageError } from "../command.js";
import { type FoundListener, findListeners, type ListenerFinder } from "./listener-finder.js";
import { type ProcessProbe, probeProcess } from "./process-probe.js";

export interface OutsideTarget {
  readonly pid?: number | undefined;
  readonly port?: number | undefined;
}

export interface Outside {
  /** One snapshot for each process that holds a watched listener; one without a process for those of unknown ones. */
  read(): readonly Snapshot[];
  /** What could not be seen so far. */
  missing(): readonly Missing[];
  close(): void;
}

/** Every so many reads also the dearer readings are taken: who waits, descriptors, settings. */
const slowEvery = 5;

/** Throws `UsageError` when there is no such process or port, or nothing can be read here. */
export const openOutside = (target: OutsideTarget): Outside => {
  const { pid } = target;
  const other = pid !== undefined && sharesNetns({ pid }) === false;
  const from = other ? { pid } : {};
  const diag = openDiag(from);
  if (!diag)
    throw new UsageError(
      other
        ? `the network namespace of pid ${pid} cannot be entered: that takes root (CAP_SYS_ADMIN)`
        : "sock_diag cannot be opened here; sockscope doctor says why",
    );
  try {
    const finder = findListeners(diag, target);
    const counters = openCounters(from);
    const host = openHostCpu();
    const probes = new Map<number, ProcessProbe>();
    let reads = 0;
    let sysctl: Sysctls | undefined;
    const shared = (): Shared => {
      const slow = reads % slowEvery === 0;
      reads += 1;
      if (slow) sysctl = readSysctls(from);
      return { slow, time: Date.now(), at: performance.now(), counters: counters.read(), sysctl, host: host.read() };
    };
    return {
      read: () => snapshots(diag, finder, probes, shared()),
      missing: () => [...finder.missing(), ...missingSettings(other, sysctl)],
      close: () => {
        for (const kept of [...probes.values(), counters, host, diag]) kept.close();
      },
    };
  } catch (error) {
    diag.close();
    throw error;
  }
};

interface Shared extends Pick<Snapshot, "time" | "at" | "host"> {
  readonly slow: boolean;
  readonly counters: Counters | undefined;
  readonly sysctl: Sysctls | undefined;
}

const snapshots = (
  diag: Diag,
  finder: ListenerFinder,
  probes: Map<number, ProcessProbe>,
  { slow, ...shared }: Shared,
): readonly Snapshot[] => {
  const found = finder.read(slow);
  const queues = slow ? lookIntoQueues(diag, found) : undefined;
  const groups = groupBy(found, ({ pid }) => pid);
  for (const pid of finder.watched()) if (!groups.has(pid)) groups.set(pid, []);
  for (const [pid, probe] of probes)
    if (!groups.has(pid)) {
      probe.close();
      probes.delete(pid);
    }
  return [...groups].map(([pid, listeners]) => {
    const probe = pid === undefined ? undefined : (probes.get(pid) ?? probeProcess(pid));
    if (pid !== undefined && probe) probes.set(pid, probe);
    const seen = probe?.read(slow);
    return {
      ...shared,
      source: "outside",
      process: seen?.process,
      loops: seen?.loops ?? [],
      listeners: listeners.map((listener) => ({ ...listener, loop: pid, ...queues?.(listener.port) })),
    };
  });
};

type QueueLook = (port: number | undefined) => Partial<FoundListener>;

/** Who waits and how many handshakes are open; only where the port has one listener, else they cannot be told apart. */
const lookIntoQueues = (diag: Diag, listeners: readonly FoundListener[]): QueueLook => {
  const byPort = groupBy(listeners, ({ port }) => port);
  const ports = [...byPort].flatMap(([port, rows]) => (port !== undefined && rows.length === 1 ? [port] : []));
  const queued = ports.filter((port) => (byPort.get(port)?.[0]?.length ?? 0) > 0);
  const waiting = queued.length > 0 ? diag.waiting(queued) : undefined;
  const synRecv = ports.length > 0 ? diag.synRecv(ports) : undefined;
  return (port) => (port === undefined ? {} : { waiting: waiting?.get(port), synRecv: synRecv?.get(port) });
};

const groupBy = <T, K>(rows: readonly T[], keyOf: (row: T) => K): Map<K, T[]> => {
  const groups = new Map<K, T[]>();
  for (const row of rows) {
    const group = groups.get(keyOf(row));
    if (group) group.push(row);
    else groups.set(keyOf(row), [row]);
  }
  return groups;
};

const missingSettings = (other: boolean, sysctl: Sysctls | undefined): readonly Missing[] => {
  if (sysctl?.somaxconn !== undefined) return [];
  const reason = other ? "the settings of another network namespace take root to be read" : "cannot be read";
  return [{ source: "/proc/sys/net/core/somaxconn", reason }];
};
