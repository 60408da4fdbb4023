// What was to be seen below the sockets of one end: the queue of its device, the memory of its sockets and its cgroup's.
import type { CgroupMemory, NetworkInterface, NetworkReading, Qdisc, TcpMemory } from "../../snapshot/network.js";
import { isQueuedHere } from "./path/create.js";
import type { PathSpec, Side, TransferScenario } from "./scenario.js";
import { pageBytes } from "./socket-memory.js";
import type { Tcp } from "./tcp.js";
import type { TransferWorld } from "./world.js";

const names = { loopback: "lo", veth: "veth0", wire: "eth0" } as const;

/** A rate at the device is a shaper's: its queue is counted in packets or in bytes. */
const qdiscOf = ({ path }: TransferWorld, { rate, queue, queueBytes }: PathSpec, side: Side): Qdisc | undefined => {
  const figures = path.queue(side);
  if (!figures) return undefined;
  return {
    interfaceIndex: 2,
    kind: queueBytes === undefined ? "pfifo" : "tbf",
    handle: "8001:",
    parent: "root",
    queuedBytes: figures.bytes,
    queuedPackets: figures.packets,
    sentPackets: figures.sent,
    drops: figures.drops,
    limitPackets: queue,
    limitBytes: queueBytes,
    bytesPerSecond: rate ?? undefined,
  };
};

const nicOf = (world: TransferWorld, spec: PathSpec, side: Side): NetworkInterface => {
  const qdisc = isQueuedHere(spec) ? qdiscOf(world, spec, side) : undefined;
  return {
    name: names[spec.device],
    loopback: spec.device === "loopback",
    ...(spec.device === "veth" ? { kind: "veth" } : {}),
    statistics: {},
    qdiscs: qdisc ? [qdisc] : [],
  };
};

const isOrphan = (tcp: Tcp): boolean => tcp.isReadShut && !tcp.isClosed && tcp.sndUna < tcp.writeSeq;

const memoryOf = ({ hosts, connections }: TransferWorld, side: Side): TcpMemory => {
  const { memory, mostOrphans } = hosts[side];
  const [low = 0, pressure = 0, high = 0] = memory.limits ?? [];
  return {
    pages: memory.pages,
    pageBytes,
    limits: memory.limits && { low, pressure, high },
    orphans: connections.filter((ends) => isOrphan(ends[side])).length,
    maxOrphans: Number.isFinite(mostOrphans) ? mostOrphans : undefined,
  };
};

const cgroupOf = ({ hosts }: TransferWorld, side: Side, limitBytes: number): CgroupMemory => {
  const usageBytes = hosts[side].memory.pages * pageBytes;
  return { version: 1, socketBytes: usageBytes, usageBytes, limitBytes, limitHits: 0 };
};

export const networkOf = (world: TransferWorld, scenario: TransferScenario, side: Side): NetworkReading => {
  const { memoryLimit } = scenario[side];
  return {
    cpus: [],
    interruptCpus: [],
    nics: [nicOf(world, scenario.path ?? { device: "loopback" }, side)],
    tcpMemory: memoryOf(world, side),
    cgroupMemory: memoryLimit === undefined ? undefined : cgroupOf(world, side, memoryLimit),
  };
};
