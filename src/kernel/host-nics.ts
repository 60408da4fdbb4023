// The interfaces of a network namespace, each with what rtnetlink, the netdev family, its driver and /proc/interrupts
// know of it. Without the addon: what /sys/class/net shows.
import type { NetlinkSocket } from "../binding.js";
import type { Missing } from "../snapshot/snapshot.js";
import { askEthtool, askStatistics, type EthtoolReading } from "./ethtool.js";
import type { Interrupt } from "./interrupts.js";
import { dumpLinks, type NetLink } from "./links.js";
import { type Napi, type NicQueue, netdevOver, type Netdev, type QueueStatistics } from "./netdev-genl.js";
import { NETLINK_GENERIC, NETLINK_ROUTE, openNetlink } from "./netlink-socket.js";
import type { Rows } from "./netlink-rows.js";
import { type NicIrq, readDeviceIrqs, selectNicIrqs } from "./nic-irqs.js";
import { type NicStatistics, readNics } from "./nics.js";
import { type From, sysPath } from "./proc-root.js";
import { dumpQdiscs, type Qdisc } from "./qdiscs.js";

/** An interface; whatever its kind, driver or kernel does not have is absent. */
export interface HostNic extends Omit<NetLink, "interfaceIndex" | "loopback"> {
  readonly interfaceIndex?: number | undefined;
  readonly loopback?: boolean | undefined;
  readonly driver?: string | undefined;
  /** `undefined`: none that can be told: virtual devices, or interrupts that sysfs does not list. */
  readonly irqs?: readonly NicIrq[] | undefined;
  readonly napis?: readonly Napi[] | undefined;
  readonly queues?: readonly NicQueue[] | undefined;
  /** Sums over its queues, from drivers that count that way. */
  readonly queueStatistics?: QueueStatistics | undefined;
  readonly qdiscs?: readonly Qdisc[] | undefined;
  readonly ring?: EthtoolReading["ring"];
  readonly channels?: EthtoolReading["channels"];
  readonly coalescing?: EthtoolReading["coalescing"];
  /** The driver's own counters whose names speak of loss: `rx0_drops`, `rx_no_buffer_count`, … */
  readonly driverDrops?: NicStatistics | undefined;
}

/** The lines of these interrupts; `undefined` where they cannot be read. */
export type InterruptsOf = (irqs: ReadonlySet<number>) => readonly Interrupt[] | undefined;

export interface InterfaceSources {
  /** Adds to `missing` what failed. Settings of drivers and numbers of interrupts are held for a minute. */
  read(interrupts: InterruptsOf, missing: Missing[]): readonly HostNic[];
  close(): void;
}

/** EOPNOTSUPP. */
const silent = "ENOTSUP";
const speaksOfLoss = /drop|discard|miss|no_?buf|out_of_buf|fifo|overrun|overflow|alloc_fail/i;

/** Pure. */
export function lossesOf(statistics: NicStatistics): NicStatistics {
  return Object.fromEntries(Object.entries(statistics).filter(([name]) => speaksOfLoss.test(name))) as NicStatistics;
}

// By its device, not by the interface's name: sysfs may show another namespace's `eth0`. Kernels before 5.14 do not name
// the device; the driver does, where it is a PCI one.
function deviceFolder(link: NetLink, busInfo: string | undefined, from: From): string | undefined {
  const { parent } = link;
  if (parent !== undefined) return sysPath(from, `bus/${parent.bus}/devices/${parent.name}`);
  const pci = busInfo !== undefined && /^[0-9a-f]{4,8}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]$/i.test(busInfo);
  return pci ? sysPath(from, `bus/pci/devices/${busInfo}`) : undefined;
}

/** Opens one rtnetlink and one generic netlink socket in the network namespace of `from.pid`. */
export function openInterfaces(from: From = {}): InterfaceSources {
  const route = openNetlink(NETLINK_ROUTE, from.pid);
  const generic = openNetlink(NETLINK_GENERIC, from.pid);
  if (route instanceof Error || generic instanceof Error) {
    for (const socket of [route, generic]) if (!(socket instanceof Error)) socket.close();
    const { message } = (route instanceof Error ? route : generic) as Error;
    return {
      close: () => {},
      read: (_, missing) => {
        missing.push({ source: "rtnetlink", reason: message });
        return from.pid === undefined ? (readNics(from) ?? []) : [];
      },
    };
  }
  const sockets: Sockets = { route, generic, netdev: netdevOver(generic), from, settings: new Map() };
  return {
    close: () => {
      route.close();
      generic.close();
    },
    read: (interrupts, missing) => readInterfaces(sockets, interrupts, missing),
  };
}

/** What changes only when an administrator changes it. */
interface Settings {
  readonly name: string;
  readonly askedAt: number;
  readonly ethtool: EthtoolReading;
  readonly irqs: readonly number[] | undefined;
}
/** Asking a driver costs several times what its counters cost. */
const settingsHoldMs = 60_000;

interface Sockets {
  readonly route: NetlinkSocket;
  readonly generic: NetlinkSocket;
  readonly netdev: Netdev;
  readonly from: From;
  /** By interface index. */
  readonly settings: Map<number, Settings>;
}

function settingsOf({ generic, from, settings }: Sockets, link: NetLink): Settings {
  const now = performance.now();
  const held = settings.get(link.interfaceIndex);
  if (held && held.name === link.name && now - held.askedAt < settingsHoldMs) return held;
  const ethtool = askEthtool(generic, link.name, { statistics: false });
  const folder = deviceFolder(link, ethtool.driver?.busInfo, from);
  const irqs = folder === undefined ? undefined : readDeviceIrqs(folder);
  const asked: Settings = { name: link.name, askedAt: now, ethtool, irqs };
  settings.set(link.interfaceIndex, asked);
  return asked;
}

function lossesNow({ generic }: Sockets, { name, ethtool }: Settings, missing: Missing[]): NicStatistics | undefined {
  if (!ethtool.driver) return undefined;
  const answer = askStatistics(generic, name, ethtool.driver.statisticsCount);
  if (typeof answer !== "string") return lossesOf(answer);
  if (answer !== silent) missing.push({ source: `ethtool GSTATS ${name}`, reason: answer });
  return undefined;
}

function readInterfaces(sockets: Sockets, interrupts: InterruptsOf, missing: Missing[]): readonly HostNic[] {
  const { route, netdev, settings } = sockets;
  const told = <Row>(source: string, { rows, reason }: Rows<Row>): readonly Row[] | undefined => {
    if (reason !== undefined) missing.push({ source, reason });
    return rows.length === 0 && reason !== undefined ? undefined : rows;
  };
  const links = told("links", dumpLinks(route)) ?? [];
  const qdiscs = told("qdiscs", dumpQdiscs(route));
  const napis = told("napis", netdev.napis());
  const queues = told("nic-queues", netdev.queues());
  const statistics = told("queue-statistics", netdev.queueStatistics());
  const known = new Map(links.map((link) => [link.interfaceIndex, settingsOf(sockets, link)]));
  for (const index of settings.keys()) if (!known.has(index)) settings.delete(index);
  const lines = interrupts(new Set([...known.values()].flatMap(({ irqs }) => irqs ?? [])));
  return links.map((link) => {
    const mine = <Row extends { readonly interfaceIndex: number }>(rows: readonly Row[] | undefined) =>
      rows?.filter(({ interfaceIndex }) => interfaceIndex === link.interfaceIndex);
    const held = known.get(link.interfaceIndex)!;
    const { driver, ring, channels, coalescing } = held.ethtool;
    // Having no answer is the driver's right, being refused one is a loss.
    missing.push(...held.ethtool.missing.filter(({ reason }) => reason !== silent));
    return {
      ...link,
      driver: driver?.driver,
      irqs: held.irqs && lines && selectNicIrqs(lines, held.irqs),
      napis: mine(napis),
      queues: mine(queues),
      queueStatistics: mine(statistics)?.[0],
      qdiscs: mine(qdiscs),
      ring,
      channels,
      coalescing,
      driverDrops: lossesNow(sockets, held, missing),
    };
  });
}
