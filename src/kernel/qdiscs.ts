// Queueing disciplines: rtnetlink RTM_GETQDISC (net/sched/sch_api.c tc_dump_qdisc), as `tc -s qdisc`. Of one network
// namespace; needs no privilege.
import type { Link, Request } from "./netlink.js";
import { dumpRows, type Rows } from "./netlink-rows.js";
import { attributeMap, nested, type Range, textOf, uintOf } from "./netlink-values.js";

const RTM_GETQDISC = 38;
const messageBytes = 20; // struct tcmsg
const TCA_KIND = 1;
const TCA_STATS2 = 7;
const TCA_STATS_BASIC = 1;
const TCA_STATS_QUEUE = 3;
const TCA_STATS_PKT64 = 8;
const TC_H_ROOT = 0xffffffff;
const TC_H_INGRESS = 0xfffffff1;

/** What leaves through an interface waits here. Counters but `bytes` are 32 bits wide and wrap. */
export interface Qdisc {
  readonly interfaceIndex: number;
  /** `fq_codel`, `mq`, `noqueue` (nothing waits: loopback, veth), … */
  readonly kind: string;
  /** As tc writes it: `8001:`; `0:` of the kernel's own default. */
  readonly handle: string;
  /** `root`, `ingress`, or the class it hangs on: `1:2`. A classful parent (mq) counts what its children count. */
  readonly parent: string;
  /** Waiting now. */
  readonly queuedBytes?: number | undefined;
  readonly queuedPackets?: number | undefined;
  readonly sentBytes?: bigint | undefined;
  readonly sentPackets?: number | undefined;
  /** Thrown away: the queue was full or the algorithm chose it. tx_dropped of the interface does not contain them. */
  readonly drops?: number | undefined;
  /** How often a shaper held something back; no loss. */
  readonly overlimits?: number | undefined;
  /** How often the driver had no room. */
  readonly requeues?: number | undefined;
}

const half = (value: number): string => (value & 0xffff).toString(16);
const major = (handle: number): string => `${half(handle >>> 16)}:`;
const classOf = (handle: number): string => {
  if (handle === TC_H_ROOT) return "root";
  return handle === TC_H_INGRESS ? "ingress" : `${major(handle)}${half(handle)}`;
};

/** A struct of the statistics' u32 at `offset`, if it reaches that far. */
const at = (view: DataView, range: Range | undefined, offset: number): number | undefined =>
  range && range.start + offset + 4 <= range.end ? view.getUint32(range.start + offset, true) : undefined;

/** Total: `undefined` for what is no qdisc. */
export function parseQdisc(view: DataView, start: number, end: number): Qdisc | undefined {
  if (end - start < messageBytes) return undefined;
  const found = attributeMap(view, start + messageBytes, end);
  const kind = textOf(view, found.get(TCA_KIND));
  if (kind === undefined) return undefined;
  const statistics = nested(view, found.get(TCA_STATS2));
  const basic = statistics.get(TCA_STATS_BASIC);
  const queue = statistics.get(TCA_STATS_QUEUE);
  return {
    interfaceIndex: view.getUint32(start + 4, true),
    kind,
    handle: major(view.getUint32(start + 8, true)),
    parent: classOf(view.getUint32(start + 12, true)),
    queuedPackets: at(view, queue, 0),
    queuedBytes: at(view, queue, 4),
    sentBytes: basic && basic.end - basic.start >= 12 ? view.getBigUint64(basic.start, true) : undefined,
    // 64 bits of packets since 5.5.
    sentPackets: uintOf(view, statistics.get(TCA_STATS_PKT64)) ?? at(view, basic, 8),
    drops: at(view, queue, 8),
    requeues: at(view, queue, 12),
    overlimits: at(view, queue, 16),
  };
}

const request: Request = { type: RTM_GETQDISC, payload: new Uint8Array(messageBytes) };

/** All qdiscs of the namespace of an rtnetlink socket. */
export function dumpQdiscs(link: Link): Rows<Qdisc> {
  return dumpRows(link, request, "rtnetlink", parseQdisc);
}
