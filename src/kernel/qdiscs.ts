// Queueing disciplines: rtnetlink RTM_GETQDISC (net/sched/sch_api.c tc_dump_qdisc), as `tc -s qdisc`. Of one network
// namespace; needs no privilege.
import type { Qdisc } from "../snapshot/network.js";
import type { Link, Request } from "./netlink.js";
import { dumpRows, type Rows } from "./netlink-rows.js";
import { attributeMap, nested, type Range, textOf, uintOf } from "./netlink-values.js";

export type { Qdisc };

const RTM_GETQDISC = 38;
const messageBytes = 20; // struct tcmsg
const TCA_KIND = 1;
const TCA_OPTIONS = 2;
const TCA_STATS2 = 7;
const TCA_STATS_BASIC = 1;
const TCA_STATS_QUEUE = 3;
const TCA_STATS_PKT64 = 8;
const TC_H_ROOT = 0xffffffff;
const TC_H_INGRESS = 0xfffffff1;

const half = (value: number): string => (value & 0xffff).toString(16);
const major = (handle: number): string => `${half(handle >>> 16)}:`;
const classOf = (handle: number): string => {
  if (handle === TC_H_ROOT) return "root";
  return handle === TC_H_INGRESS ? "ingress" : `${major(handle)}${half(handle)}`;
};

/** A struct of the statistics' u32 at `offset`, if it reaches that far. */
const at = (view: DataView, range: Range | undefined, offset: number): number | undefined =>
  range && range.start + offset + 4 <= range.end ? view.getUint32(range.start + offset, true) : undefined;

type Limits = Pick<Qdisc, "limitPackets" | "limitBytes" | "bytesPerSecond">;

const TCA_TBF_PARMS = 1;
const TCA_TBF_RATE64 = 4;
/** A u32 attribute that counts packets. */
const packets =
  (attribute: number) =>
  (view: DataView, options: Range | undefined): Limits => ({
    limitPackets: uintOf(view, nested(view, options).get(attribute)),
  });

/** The options of each kind, include/uapi/linux/pkt_sched.h. What has no limit of its own is not here. */
const limits: Readonly<Record<string, (view: DataView, options: Range | undefined) => Limits>> = {
  // struct tc_fifo_qopt
  pfifo: (view, options) => ({ limitPackets: at(view, options, 0) }),
  bfifo: (view, options) => ({ limitBytes: at(view, options, 0) }),
  // struct tc_netem_qopt
  netem: (view, options) => ({ limitPackets: at(view, options, 4) }),
  // struct tc_tbf_qopt: two struct tc_ratespec of 12 bytes, whose last word is the rate, then the limit
  tbf: (view, options) => {
    const found = nested(view, options);
    const parameters = found.get(TCA_TBF_PARMS);
    const rate = at(view, parameters, 8);
    return {
      limitBytes: at(view, parameters, 24),
      bytesPerSecond: uintOf(view, found.get(TCA_TBF_RATE64)) ?? rate,
    };
  },
  codel: packets(2),
  fq_codel: packets(2),
  fq: packets(1),
};

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
    ...(Object.hasOwn(limits, kind) && limits[kind]!(view, found.get(TCA_OPTIONS))),
  };
}

const request: Request = { type: RTM_GETQDISC, payload: new Uint8Array(messageBytes) };

/** All qdiscs of the namespace of an rtnetlink socket. */
export function dumpQdiscs(link: Link): Rows<Qdisc> {
  return dumpRows(link, request, "rtnetlink", parseQdisc);
}
