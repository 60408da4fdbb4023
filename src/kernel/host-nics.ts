// The interfaces of a network namespace, each with what rtnetlink, the netdev family, its driver and /proc/interrupts
// know of it. Without the addon: what /sys/class/net shows.
import type { NetlinkSocket } from "../binding.js";
import type { Missing } from "../snapshot/snapshot.js";
import { askEthtool, noDriver, type EthtoolReading } from "./ethtool.js";
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

export interface InterfaceSources {
  /** Adds to `missing` what failed. */
  read(interrupts: readonly Interrupt[] | undefined, missing: Missing[]): readonly HostNic[];
  close(): void;
}

const silent = ["ENOTSUP", noDriver];
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
    const [refused, other] = route instanceof Error ? [route, generic] : [generic as Error, route];
    if (!(other instanceof Error)) other.close();
    return {
      close: () => {},
      read: (_, missing) => {
        missing.push({ source: "rtnetlink", reason: refused.message });
        return from.pid === undefined ? (readNics(from) ?? []) : [];
      },
    };
  }
  const netdev = netdevOver(generic);
  return {
    close: () => {
      route.close();
      generic.close();
    },
    read: (interrupts, missing) => readInterfaces({ route, generic, netdev, from }, interrupts, missing),
  };
}

interface Sockets {
  readonly route: NetlinkSocket;
  readonly generic: NetlinkSocket;
  readonly netdev: Netdev;
  readonly from: From;
}

function readInterfaces(
  { route, generic, netdev, from }: Sockets,
  interrupts: readonly Interrupt[] | undefined,
  missing: Missing[],
): readonly HostNic[] {
  const told = <Row>(source: string, { rows, reason }: Rows<Row>): readonly Row[] | undefined => {
    if (reason !== undefined) missing.push({ source, reason });
    return rows.length === 0 && reason !== undefined ? undefined : rows;
  };
  const links = told("links", dumpLinks(route)) ?? [];
  const qdiscs = told("qdiscs", dumpQdiscs(route));
  const napis = told("napis", netdev.napis());
  const queues = told("nic-queues", netdev.queues());
  const statistics = told("queue-statistics", netdev.queueStatistics());
  return links.map((link) => {
    const mine = <Row extends { readonly interfaceIndex: number }>(rows: readonly Row[] | undefined) =>
      rows?.filter(({ interfaceIndex }) => interfaceIndex === link.interfaceIndex);
    const asked = askEthtool(generic, link.name);
    // Having no answer is the driver's right, being refused one is a loss.
    missing.push(...asked.missing.filter(({ reason }) => !silent.includes(reason)));
    const folder = deviceFolder(link, asked.driver?.busInfo, from);
    const irqs = folder === undefined ? undefined : readDeviceIrqs(folder);
    return {
      ...link,
      driver: asked.driver?.driver,
      irqs: irqs && interrupts && selectNicIrqs(interrupts, irqs),
      napis: mine(napis),
      queues: mine(queues),
      queueStatistics: mine(statistics)?.[0],
      qdiscs: mine(qdiscs),
      ring: asked.ring,
      channels: asked.channels,
      coalescing: asked.coalescing,
      driverDrops: asked.statistics && lossesOf(asked.statistics),
    };
  });
}
