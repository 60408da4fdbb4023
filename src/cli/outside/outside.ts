// A Source for the explainer that looks from outside: sock_diag for the listeners, /proc for the process that holds
// them. The target needs no agent, and is seen also while it is stopped.
import { type Diag, type From, openCounters, openDiag, openHostCpu, readSysctls } from "../../kernel/index.js";
import { sharesNetns } from "../../kernel/proc-root.js";
import type { Missing, Snapshot, Sysctls } from "../../snapshot/snapshot.js";
import { UsageError } from "../command.js";
import { groupBy } from "./group-by.js";
import { findListeners, type ListenerFinder } from "./listener-finder.js";
import { createProbes } from "./process-probe.js";
import { createQueueLook } from "./queue-look.js";

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

/** Every so many reads also the dearer readings are taken: descriptors, settings, half-open connections. */
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
        : "sock_diag cannot be opened here (sockscope doctor tells more)",
    );
  try {
    return observe(diag, findListeners(diag, target), from);
  } catch (error) {
    diag.close();
    throw error;
  }
};

const observe = (diag: Diag, finder: ListenerFinder, from: From): Outside => {
  const lookIntoQueues = createQueueLook(diag);
  const probes = createProbes();
  const counters = openCounters(from);
  const host = openHostCpu();
  let reads = 0;
  let sysctl: Sysctls | undefined;
  const read = (): readonly Snapshot[] => {
    const slow = reads % slowEvery === 0;
    reads += 1;
    if (slow) sysctl = readSysctls(from);
    const moment = { time: Date.now(), at: performance.now(), source: "outside" } as const;
    const found = finder.read(slow);
    const details = lookIntoQueues(found, slow);
    const shared = { ...moment, counters: counters.read(), sysctl, host: host.read() };
    const groups = groupBy(found, ({ pid }) => pid);
    for (const pid of finder.watched()) if (!groups.has(pid)) groups.set(pid, []);
    probes.keep(groups);
    return [...groups].map(([pid, listeners]) => ({
      ...shared,
      ...probes.read(pid, slow),
      listeners: listeners.map((listener) => ({ ...listener, loop: pid, ...details(listener.port) })),
    }));
  };
  return {
    read,
    missing: () => [...finder.missing(), ...missingSettings(from, sysctl)],
    close: () => {
      for (const kept of [probes, counters, host, diag]) kept.close();
    },
  };
};

const missingSettings = ({ pid }: From, sysctl: Sysctls | undefined): readonly Missing[] => {
  if (sysctl?.somaxconn !== undefined) return [];
  const reason =
    pid === undefined ? "cannot be read" : "the settings of another network namespace take root to be read";
  return [{ source: "/proc/sys/net/core/somaxconn", reason }];
};
