// Interfaces of a network namespace: rtnetlink RTM_GETLINK (net/core/rtnetlink.c rtnl_dump_ifinfo), as `ip -s link`.
// Needs no privilege. Unlike /sys/class/net, which shows the namespace in which sysfs was mounted.
import type { Link, Request } from "./netlink.js";
import { dumpRows, type Rows } from "./netlink-rows.js";
import { attributeMap, nested, type Range, textOf, uintOf } from "./netlink-values.js";
import type { NicStatistics } from "./nics.js";

const RTM_GETLINK = 18;
const messageBytes = 16; // struct ifinfomsg
const IFLA_IFNAME = 3;
const IFLA_MTU = 4;
const IFLA_TXQLEN = 13;
const IFLA_OPERSTATE = 16;
const IFLA_LINKINFO = 18;
const IFLA_STATS64 = 23;
const IFLA_NUM_TX_QUEUES = 31;
const IFLA_NUM_RX_QUEUES = 32;
const IFLA_PARENT_DEV_NAME = 56;
const IFLA_PARENT_DEV_BUS_NAME = 57;
const IFLA_INFO_KIND = 1;
const ARPHRD_LOOPBACK = 772;

/** An interface. What each counter means stands at `NicStatistics`. */
export interface NetLink {
  readonly interfaceIndex: number;
  readonly name: string;
  readonly loopback: boolean;
  /** `veth`, `bridge`, `bond`, …; absent of a hardware device. */
  readonly kind?: string | undefined;
  readonly mtuBytes?: number | undefined;
  /** `up`, `down`, `unknown`, … (RFC 2863). */
  readonly operstate?: string | undefined;
  /** Packets that its default qdisc holds at most (`txqueuelen`). */
  readonly txQueueLength?: number | undefined;
  readonly rxQueues?: number | undefined;
  readonly txQueues?: number | undefined;
  /** The device behind it: `/sys/bus/BUS/devices/NAME` (since 5.14). A virtual one has none. */
  readonly parent?: { readonly bus: string; readonly name: string } | undefined;
  readonly statistics: NicStatistics;
}

const operstates = ["unknown", "notpresent", "down", "lowerlayerdown", "testing", "dormant", "up"];

/** struct rtnl_link_stats64 in order; a kernel that returns less has fewer. */
const statistics64 = [
  "rx_packets tx_packets rx_bytes tx_bytes rx_errors tx_errors rx_dropped tx_dropped multicast collisions",
  "rx_length_errors rx_over_errors rx_crc_errors rx_frame_errors rx_fifo_errors rx_missed_errors",
  "tx_aborted_errors tx_carrier_errors tx_fifo_errors tx_heartbeat_errors tx_window_errors",
  "rx_compressed tx_compressed rx_nohandler rx_otherhost_dropped",
].flatMap((names) => names.split(" "));

function statisticsOf(view: DataView, range: Range | undefined): NicStatistics {
  const counters: [string, number | bigint][] = [];
  for (const [i, name] of range ? statistics64.entries() : []) {
    const start = range!.start + i * 8;
    if (start + 8 > range!.end) break;
    const value = view.getBigUint64(start, true);
    counters.push([name, name.endsWith("bytes") ? value : Number(value)]);
  }
  return Object.fromEntries(counters) as NicStatistics;
}

/** Total: `undefined` for what is no interface with a name. */
export function parseLink(view: DataView, start: number, end: number): NetLink | undefined {
  if (end - start < messageBytes) return undefined;
  const found = attributeMap(view, start + messageBytes, end);
  const uint = (type: number): number | undefined => uintOf(view, found.get(type));
  const name = textOf(view, found.get(IFLA_IFNAME));
  if (name === undefined || name === "") return undefined;
  const parent = textOf(view, found.get(IFLA_PARENT_DEV_NAME));
  const bus = textOf(view, found.get(IFLA_PARENT_DEV_BUS_NAME));
  return {
    interfaceIndex: view.getUint32(start + 4, true),
    name,
    loopback: view.getUint16(start + 2, true) === ARPHRD_LOOPBACK,
    kind: textOf(view, nested(view, found.get(IFLA_LINKINFO)).get(IFLA_INFO_KIND)),
    mtuBytes: uint(IFLA_MTU),
    operstate: operstates[uint(IFLA_OPERSTATE) ?? -1],
    txQueueLength: uint(IFLA_TXQLEN),
    rxQueues: uint(IFLA_NUM_RX_QUEUES),
    txQueues: uint(IFLA_NUM_TX_QUEUES),
    parent: parent === undefined || bus === undefined ? undefined : { bus, name: parent },
    statistics: statisticsOf(view, found.get(IFLA_STATS64)),
  };
}

const request: Request = { type: RTM_GETLINK, payload: new Uint8Array(messageBytes) };

/** All interfaces of the namespace of an rtnetlink socket. */
export function dumpLinks(link: Link): Rows<NetLink> {
  return dumpRows(link, request, "rtnetlink", parseLink);
}
