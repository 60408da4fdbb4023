// A Source for the explainer that looks from outside: sock_diag for listeners and connections, /proc for the process that
// holds them. The target needs no agent, and is seen also while it is stopped.
import {
  connectDiag,
  type Diag,
  type From,
  openCounters,
  openHostCpu,
  readSysctl,
  readSysctls,
} from "../../kernel/index.js";
import { sharesNetns } from "../../kernel/proc-root.js";
import type { Missing, Snapshot, Sysctls } from "../../snapshot/snapshot.js";
import { UsageError } from "../command.js";
import { createAgentSockets } from "./agent-sockets.js";
import { type ConnectionLook, createConnectionLook, type Looks } from "./connection-look.js";
import { groupBy } from "./group-by.js";
import { type Holders, holdersOfAll, holdersOfProcess } from "./holders.js";
import { findListeners, type ListenerFinder, requireListener } from "./listener-finder.js";
import { openNetworkLook } from "./network-look.js";
import { createProbes } from "./process-probe.js";
import { createQueueLook } from "./queue-look.js";

export interface OutsideTarget {
  readonly pid?: number | undefined;
  readonly port?: number | undefined;
}

export interface Outside {
  /** One snapshot for each process that holds a watched socket; one without a process for those of unknown ones. */
  read(): readonly Snapshot[];
  /** What could not be seen so far. */
  missing(): readonly Missing[];
  close(): void;
}

/** What is watched, and through what. */
export interface Watched {
  readonly diag: Diag;
  readonly from: From;
  readonly holders: Holders;
  readonly finder: ListenerFinder;
  readonly connections: ConnectionLook;
  /** This process is watched also while it holds no socket. */
  readonly pid?: number | undefined;
  /** A person looks at the figures, not only at what is found. */
  readonly isLive?: boolean | undefined;
}

/** Every so many reads also the dearer readings are taken: descriptors, settings, half-open connections. */
const slowEvery = 5;

/** sock_diag of the network namespace of `pid`, and where else to read. Throws `UsageError`. */
export const openPlace = (pid: number | undefined): { readonly diag: Diag; readonly from: From } => {
  const other = pid !== undefined && sharesNetns({ pid }) === false;
  const from = other ? { pid } : {};
  const diag = connectDiag(from);
  if (diag instanceof Error)
    throw new UsageError(
      other
        ? `the network namespace of pid ${pid} cannot be entered: that takes root (CAP_SYS_ADMIN)`
        : `sock_diag cannot be opened here: ${diag.message} (sockscope doctor tells more)`,
    );
  return { diag, from };
};

/** Of connections in a watch, on a host with ever so many sockets. */
const fewestLooks = 4;

/** Throws `UsageError` when there is no such process or port, or nothing can be read here. */
export const openOutside = ({ pid, port }: OutsideTarget, durationMs: number, isLive = false): Outside => {
  const holders = pid === undefined ? holdersOfAll() : holdersOfProcess(pid);
  const { diag, from } = openPlace(pid);
  try {
    if (port !== undefined) requireListener(diag, port);
    // Whoever names a port means it.
    const agents = port === undefined ? createAgentSockets() : undefined;
    const finder = findListeners(diag, holders, (row) => port === undefined || row.port === port, agents);
    const tcpRetries2 = readSysctl("net.ipv4.tcp_retries2", from)?.[0];
    const connections = createConnectionLook(diag, holders, {
      port,
      agents,
      holdersOnly: pid !== undefined,
      tcpRetries2,
      leastEveryMs: durationMs / fewestLooks,
    });
    return watchFrom({ diag, from, holders, finder, connections, pid, isLive });
  } catch (error) {
    diag.close();
    throw error;
  }
};

/** Takes over `diag`: it is closed with the rest. */
export const watchFrom = ({
  diag,
  from,
  holders,
  finder,
  connections,
  pid: watched,
  isLive = false,
}: Watched): Outside => {
  const lookIntoQueues = createQueueLook(diag);
  const probes = createProbes();
  const counters = openCounters(from);
  const host = openHostCpu();
  const network = openNetworkLook(watched, isLive);
  let reads = 0;
  let sysctl: Sysctls | undefined;
  let connected: ReadonlySet<number | undefined> = new Set();
  let held = false;

  const look = (ports: ReadonlySet<number>): Looks | undefined => {
    const looks = connections.read(ports);
    if (looks) connected = new Set([...looks].flatMap(([pid, { rows }]) => (rows.length > 0 ? [pid] : [])));
    held ||= [...(looks?.values() ?? [])].some(({ total }) => total > 0);
    return looks;
  };

  const read = (): readonly Snapshot[] => {
    const slow = reads % slowEvery === 0;
    reads += 1;
    if (slow) sysctl = readSysctls(from);
    const found = finder.read();
    held ||= found.length > 0;
    const details = lookIntoQueues(found, slow);
    const looks = look(new Set(found.flatMap(({ port }) => port ?? [])));
    const moment = { time: Date.now(), at: performance.now(), source: "outside" } as const;
    const shared = { ...moment, counters: counters.read(), sysctl, host: host.read() };
    const groups = groupBy(found, ({ pid }) => pid);
    for (const pid of [...connected, ...(watched === undefined || holders.gone ? [] : [watched])])
      if (!groups.has(pid)) groups.set(pid, []);
    probes.keep(groups);
    const below = network.read(moment.at, shared.counters);
    return [...groups].map(([pid, listeners], i) => ({
      ...shared,
      network: i === 0 ? below : undefined,
      ...probes.read(pid, slow),
      listeners: listeners.map((listener) => ({ ...listener, loop: pid, ...details(listener.port) })),
      connections: looks && (looks.get(pid) ?? { rows: [], counts: {}, read: 0, total: 0 }),
    }));
  };
  const unseen = (): readonly Missing[] => {
    if (watched === undefined) return [];
    if (holders.gone) return [{ source: `/proc/${watched}`, reason: "the process has ended" }];
    return held
      ? []
      : [{ source: `/proc/${watched}/fd`, reason: "the process held no TCP, UDP or listening unix socket" }];
  };
  return {
    read,
    missing: () => [...unseen(), ...finder.missing(), ...missingSettings(from, sysctl)],
    close: () => {
      for (const kept of [probes, counters, host, network, diag]) kept.close();
    },
  };
};

const missingSettings = ({ pid }: From, sysctl: Sysctls | undefined): readonly Missing[] => {
  if (sysctl?.somaxconn !== undefined) return [];
  const reason =
    pid === undefined ? "cannot be read" : "the settings of another network namespace take root to be read";
  return [{ source: "/proc/sys/net/core/somaxconn", reason }];
};
