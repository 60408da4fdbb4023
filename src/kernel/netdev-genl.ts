// NAPI instances, queues and their statistics: generic netlink family "netdev" (Documentation/netlink/specs/netdev.yaml).
// Of one network namespace. napi-get and queue-get since Linux 6.8, qstats-get since 6.10; asking needs no privilege.
import type { NetlinkSocket } from "../binding.js";
import { genlHeaderBytes, genlRequest, resolveFamily } from "./genl.js";
import type { Link } from "./netlink.js";
import { dumpRows, type Rows } from "./netlink-rows.js";
import { NETLINK_GENERIC, openNetlink } from "./netlink-socket.js";
import { type AttributeMap, attributeMap, bigOf, encodeAttribute, uintOf } from "./netlink-values.js";

const NETDEV_CMD_QUEUE_GET = 10;
const NETDEV_CMD_NAPI_GET = 11;
const NETDEV_CMD_QSTATS_GET = 12;
const NETDEV_A_QSTATS_SCOPE = 4;
const QSTATS_SCOPE_QUEUE = Uint8Array.of(1, 0, 0, 0);

/** A NAPI instance: what polls one or several queues. */
export interface Napi {
  readonly interfaceIndex: number;
  /** As SO_INCOMING_NAPI_ID gives it. */
  readonly id: number;
  /** Its interrupt; most drivers do not say. */
  readonly irq?: number | undefined;
  /** Its kernel thread, where it polls in one instead of a softirq (`threaded`). */
  readonly threadPid?: number | undefined;
  /** Empty polls before the interrupt is enabled again (6.13). */
  readonly deferHardIrqs?: number | undefined;
  readonly groFlushTimeoutNanos?: number | undefined;
  /** How long interrupts stay off while the application polls (6.13). */
  readonly irqSuspendTimeoutNanos?: number | undefined;
  readonly threaded?: number | undefined;
}

export interface NicQueue {
  readonly interfaceIndex: number;
  readonly type: "rx" | "tx";
  readonly id: number;
  readonly napiId?: number | undefined;
}

/** Since the device exists; absent is what this driver does not count. `queueId` absent: of the whole device. */
export interface QueueStatistics {
  readonly interfaceIndex: number;
  readonly type?: "rx" | "tx" | undefined;
  readonly queueId?: number | undefined;
  readonly rxPackets?: number | undefined;
  readonly rxBytes?: bigint | undefined;
  readonly txPackets?: number | undefined;
  readonly txBytes?: bigint | undefined;
  /** No memory for a packet or for the ring's next place. */
  readonly rxAllocFail?: number | undefined;
  /** Packets that arrived and never left the device: all reasons. */
  readonly rxHwDrops?: number | undefined;
  /** Of these: the ring was full. */
  readonly rxHwDropOverruns?: number | undefined;
  readonly txHwDrops?: number | undefined;
  /** How often the queue was stopped because it was full, and started again. */
  readonly txStop?: number | undefined;
  readonly txWake?: number | undefined;
}

const queueType = (value: number | undefined): "rx" | "tx" | undefined =>
  value === 0 ? "rx" : value === 1 ? "tx" : undefined;

const read = (
  view: DataView,
  start: number,
  end: number,
): { found: AttributeMap; uint: (type: number) => number | undefined } => {
  const found = attributeMap(view, start + genlHeaderBytes, end);
  return { found, uint: (type) => uintOf(view, found.get(type)) };
};

/** Total: `undefined` for what is no NAPI instance. */
export function parseNapi(view: DataView, start: number, end: number): Napi | undefined {
  const { uint } = read(view, start, end);
  const [interfaceIndex, id] = [uint(1), uint(2)];
  if (interfaceIndex === undefined || id === undefined) return undefined;
  return {
    interfaceIndex,
    id,
    irq: uint(3),
    threadPid: uint(4),
    deferHardIrqs: uint(5),
    groFlushTimeoutNanos: uint(6),
    irqSuspendTimeoutNanos: uint(7),
    threaded: uint(8),
  };
}

/** Total: `undefined` for what is no queue. */
export function parseNicQueue(view: DataView, start: number, end: number): NicQueue | undefined {
  const { uint } = read(view, start, end);
  const [id, interfaceIndex, type] = [uint(1), uint(2), queueType(uint(3))];
  if (id === undefined || interfaceIndex === undefined || type === undefined) return undefined;
  return { interfaceIndex, type, id, napiId: uint(4) };
}

/** Total: `undefined` for what is of no interface. */
export function parseQueueStatistics(view: DataView, start: number, end: number): QueueStatistics | undefined {
  const { found, uint } = read(view, start, end);
  const interfaceIndex = uint(1);
  if (interfaceIndex === undefined) return undefined;
  return {
    interfaceIndex,
    type: queueType(uint(2)),
    queueId: uint(3),
    rxPackets: uint(8),
    rxBytes: bigOf(view, found.get(9)),
    txPackets: uint(10),
    txBytes: bigOf(view, found.get(11)),
    rxAllocFail: uint(12),
    rxHwDrops: uint(13),
    rxHwDropOverruns: uint(14),
    txHwDrops: uint(24),
    txStop: uint(33),
    txWake: uint(34),
  };
}

/** The family's questions. An answer without rows and with a `reason` is one that this kernel does not give. */
export interface Netdev {
  napis(): Rows<Napi>;
  queues(): Rows<NicQueue>;
  /** Sums per device, or each queue of its own. Only drivers that count this way answer: loopback and veth do not. */
  queueStatistics(scope?: "device" | "queue"): Rows<QueueStatistics>;
  close(): void;
}

/** The same over a socket that is given; the family's number is asked for once. */
export function netdevOver(link: Link & { close(): void }): Netdev {
  let family: number | string | undefined;
  const dump = <Row>(
    command: number,
    parse: (view: DataView, start: number, end: number) => Row | undefined,
    attributes?: Uint8Array,
  ): Rows<Row> => {
    family ??= resolveFamily(link, "netdev");
    if (typeof family === "string") return { rows: [], partial: true, reason: family };
    return dumpRows(link, genlRequest(family, command, attributes), "netdev", parse);
  };
  const byQueue = encodeAttribute(NETDEV_A_QSTATS_SCOPE, QSTATS_SCOPE_QUEUE);
  return {
    napis: () => dump(NETDEV_CMD_NAPI_GET, parseNapi),
    queues: () => dump(NETDEV_CMD_QUEUE_GET, parseNicQueue),
    queueStatistics: (scope = "device") =>
      dump(NETDEV_CMD_QSTATS_GET, parseQueueStatistics, scope === "queue" ? byQueue : undefined),
    close: () => link.close(),
  };
}

/** Opens the family of the network namespace of `pid`, default the own; or why not. */
export function openNetdev(options: { readonly pid?: number | undefined } = {}): Netdev | Error {
  const link: NetlinkSocket | Error = openNetlink(NETLINK_GENERIC, options.pid);
  return link instanceof Error ? link : netdevOver(link);
}
