// A snapshot as one short log payload: what a person wants to see at a glance, and jq can pick from.
import { deltaU32 } from "../explain/delta.js";
import type { NetworkReading } from "../snapshot/network.js";
import { packetsPerInterrupt } from "../snapshot/packets-per-interrupt.js";
import {
  type Counters,
  counterNames,
  type ListenerReading,
  type LoopReading,
  type Snapshot,
} from "../snapshot/snapshot.js";

export interface Sample {
  /** Time since the previous one. */
  readonly intervalMs?: number | undefined;
  readonly listeners: readonly SampledListener[];
  readonly loops: readonly SampledLoop[];
  /** Only those that moved since the previous sample, by the kernel's names. */
  readonly counters?: Counters | undefined;
  /** Interfaces that received since the last look below the sockets, which is taken every few seconds. */
  readonly nics?: readonly SampledNic[] | undefined;
  readonly connections?: SampledConnections | undefined;
  /** CPU time that the observer's thread took, ms; of one core. */
  readonly observerCpuMs?: number | undefined;
}

export interface SampledNic {
  readonly name: string;
  readonly packets: number;
  /** Packets received per interrupt, or per softirq where it has none. */
  readonly packetsPerInterrupt?: number | undefined;
  readonly mode: "interrupt-driven" | "polling" | "unknown";
}

export interface SampledConnections {
  /** Sockets that are no listeners. */
  readonly total: number;
  /** Of them read for this sample; fewer where there are too many for the time that looking may take. */
  readonly read: number;
  /** Shown to the rules: those that hold bytes or are in trouble. */
  readonly rows: number;
  readonly byState: Readonly<Record<string, number>>;
  /** Time spent looking at them since the previous sample. */
  readonly costMs?: number | undefined;
}

export interface SampledListener {
  readonly address?: string | undefined;
  readonly port?: number | undefined;
  readonly path?: string | undefined;
  /** Connections in the accept queue; limit + 1 fit. */
  readonly length: number;
  readonly limit: number;
  /** Segments dropped since the listener exists. */
  readonly drops?: number | undefined;
  /** The most that any look saw, and segments dropped, since the previous sample. */
  readonly peak?: number | undefined;
  readonly dropped?: number | undefined;
  /** Age of the oldest connection that waits, where it was looked at. */
  readonly oldestMs?: number | undefined;
  readonly synRecv?: number | undefined;
}

export interface SampledLoop {
  readonly id: number;
  readonly main: boolean;
  /** Share of the interval it waited for events: 0 busy all the time, 1 idle. */
  readonly idleShare?: number | undefined;
  readonly iterations?: number | undefined;
}

const difference = (now: number | undefined, before: number | undefined): number | undefined =>
  now === undefined || before === undefined ? undefined : now - before;

const sampledListener = (
  listener: ListenerReading,
  before: ListenerReading | undefined,
  peak: number | undefined,
): SampledListener => {
  const ages = listener.waiting?.connections.map(({ ageMs }) => ageMs) ?? [];
  return {
    address: listener.address,
    port: listener.port,
    path: listener.path,
    length: listener.length,
    limit: listener.limit,
    peak,
    drops: listener.drops,
    dropped: deltaU32(before?.drops, listener.drops),
    oldestMs: ages.length > 0 ? ages.reduce((oldest, age) => Math.max(oldest, age), 0) : undefined,
    synRecv: listener.synRecv,
  };
};

const sampledLoop = (
  loop: LoopReading,
  before: LoopReading | undefined,
  intervalMs: number | undefined,
): SampledLoop => {
  const idleMs = difference(loop.idleMs, before?.idleMs);
  const share = idleMs === undefined || !intervalMs ? undefined : Math.min(1, Math.max(0, idleMs / intervalMs));
  return {
    id: loop.id,
    main: loop.main,
    idleShare: share === undefined ? undefined : Math.round(share * 1000) / 1000,
    iterations: difference(loop.iterations, before?.iterations),
  };
};

const movedCounters = (now: Counters | undefined, before: Counters | undefined): Counters | undefined => {
  if (now === undefined || before === undefined) return undefined;
  const moved = counterNames
    .map((name) => [name, difference(now[name], before[name])] as const)
    .filter(([, by]) => by !== undefined && by !== 0);
  return Object.fromEntries(moved);
};

const rounded = (value: number | undefined): number | undefined =>
  value === undefined ? undefined : Math.round(value * 100) / 100;

const sampledConnections = (
  { connections, self }: Snapshot,
  previous: Snapshot | undefined,
): SampledConnections | undefined => {
  if (!connections) return undefined;
  const { total, read, rows, counts } = connections;
  const costMs = rounded(difference(self?.connectionsMs, previous?.self?.connectionsMs));
  return { total, read, rows: rows.length, byState: counts, costMs };
};

/** As many as a line has room for. */
const mostNics = 8;

const sampledNics = (
  now: NetworkReading | undefined,
  before: NetworkReading | undefined,
): readonly SampledNic[] | undefined => {
  if (now === undefined || before === undefined) return undefined;
  const told = now.nics.flatMap(({ name, loopback }): readonly SampledNic[] => {
    const { packets, figure, mode } = packetsPerInterrupt(before, now, name);
    if (loopback || packets <= 0) return [];
    return [{ name, packets, packetsPerInterrupt: figure && Math.round(figure * 10) / 10, mode }];
  });
  return told.toSorted((one, other) => other.packets - one.packets).slice(0, mostNics);
};

/** `network`: the look below the sockets before that of this snapshot; `peaks`: of the queues, by the listener's cookie. Shares and differences need the snapshot of the previous sample; without it they are absent. */
export const sampleOf = (
  snapshot: Snapshot,
  previous?: Snapshot,
  network?: NetworkReading,
  peaks?: ReadonlyMap<bigint, number>,
): Sample => {
  const intervalMs = difference(snapshot.at, previous?.at);
  const listenerBefore = new Map(previous?.listeners.map((listener) => [listener.cookie, listener]));
  const loopBefore = new Map(previous?.loops.map((loop) => [loop.id, loop]));
  return {
    intervalMs: intervalMs === undefined ? undefined : Math.round(intervalMs),
    listeners: snapshot.listeners.map((listener) =>
      sampledListener(listener, listenerBefore.get(listener.cookie), peaks?.get(listener.cookie)),
    ),
    loops: snapshot.loops.map((loop) => sampledLoop(loop, loopBefore.get(loop.id), intervalMs)),
    counters: movedCounters(snapshot.counters, previous?.counters),
    nics: sampledNics(snapshot.network, network),
    connections: sampledConnections(snapshot, previous),
    observerCpuMs: rounded(difference(snapshot.process?.observer?.cpuMs, previous?.process?.observer?.cpuMs)),
  };
};
