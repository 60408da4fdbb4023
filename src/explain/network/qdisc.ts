// packets-dropped/qdisc-full: a queue on the way out threw packets away (net/sched; tc -s qdisc). The interface's own
// tx_dropped does not contain them.
import type { NetworkInterface, Qdisc } from "../../snapshot/network.js";
import { deltaU32 } from "../delta.js";
import { bytes, bytesPerSecond, count } from "../format.js";
import { type NetworkRule, type NetworkStep, type NicStep, nicStepsOf, partOf, powerOfTwo } from "./step.js";

/** They drop before they are full, to keep the delay short: what they drop is their work. */
const managesDelay = new Set(["codel", "fq_codel", "cake", "pie", "fq_pie", "red", "gred", "choke", "sfb", "hhf"]);
/** What these drop is a rule's will. */
const dropsByRule = new Set(["ingress", "clsact"]);
/** A queue this full at a look is full: packets come in batches. */
const fullShare = 0.75;
/** What a queue in front of a shaper should hold: its rate for so long. */
const queueMs = 100;

interface Loss {
  readonly nic: NetworkInterface;
  readonly qdisc: Qdisc;
  readonly dropped: number;
  readonly sent: number;
}

const isSame = (one: Qdisc, other: Qdisc): boolean =>
  one.handle === other.handle && one.parent === other.parent && one.kind === other.kind;

/** Of qdiscs that hang on one another only the innermost: the outer one counts the same packets again. */
const isOuter = (qdisc: Qdisc, losses: readonly Loss[]): boolean =>
  qdisc.parent === "root" &&
  losses.some(({ qdisc: other }) => other !== qdisc && other.parent.startsWith(qdisc.handle));

const lossesOf = ({ earlier, now }: NicStep): readonly Loss[] => {
  const losses = (now.qdiscs ?? []).flatMap((qdisc): readonly Loss[] => {
    if (!earlier.qdiscs) return [];
    // One that was not there before has counted from 0.
    const from = earlier.qdiscs.find((one) => isSame(one, qdisc)) ?? { drops: 0, sentPackets: 0 };
    const dropped = deltaU32(from.drops, qdisc.drops) ?? 0;
    if (dropped === 0 || dropsByRule.has(qdisc.kind)) return [];
    return [{ nic: now, qdisc, dropped, sent: deltaU32(from.sentPackets, qdisc.sentPackets) ?? 0 }];
  });
  return losses.filter(({ qdisc }) => !isOuter(qdisc, losses));
};

interface Room {
  readonly limit: string;
  readonly waiting: string;
  readonly share: number;
}

/** Of the qdisc, or of the one above it that has a limit: tbf's is in front of its child's. */
const roomOf = (qdisc: Qdisc, { txQueueLength }: NetworkInterface): Room | undefined => {
  const { queuedBytes = 0, queuedPackets = 0, limitBytes } = qdisc;
  if (limitBytes !== undefined)
    return { limit: bytes(limitBytes), waiting: bytes(queuedBytes), share: queuedBytes / Math.max(1, limitBytes) };
  const limit = qdisc.limitPackets ?? (qdisc.kind === "pfifo_fast" ? txQueueLength : undefined);
  if (limit === undefined) return undefined;
  return {
    limit: count(limit, "packet"),
    waiting: count(queuedPackets, "packet"),
    share: queuedPackets / Math.max(1, limit),
  };
};

const remedyOf = ({ nic, qdisc, dropped }: Loss, shaper: Qdisc | undefined, ms: number): readonly string[] => {
  const { kind, limitBytes, limitPackets } = qdisc;
  const place = `dev ${nic.name} ${qdisc.parent === "root" ? "root" : `parent ${qdisc.parent}`}`;
  const rate = shaper?.bytesPerSecond;
  const steady = "If it is full all the time, a longer queue only adds delay: send less, or raise the rate.";
  if (managesDelay.has(kind)) return [`${kind} drops to keep the delay short: send less, or raise the link's rate.`];
  if (limitBytes !== undefined) {
    const wanted = Math.max(2 * limitBytes, Math.ceil(((rate ?? 0) * queueMs) / 1000));
    return [`tc qdisc change ${place} ${kind} … limit ${wanted} (bytes; now ${limitBytes}).`, steady];
  }
  const perBurst = Math.ceil((dropped * 1000) / Math.max(1000, ms));
  const wanted = (limit: number): number => powerOfTwo(Math.min(limit + perBurst, Math.max(8 * limit, 1000)));
  if (limitPackets !== undefined)
    return [`tc qdisc change ${place} ${kind} limit ${wanted(limitPackets)} (packets; now ${limitPackets}).`, steady];
  const { txQueueLength } = nic;
  const longer = txQueueLength === undefined ? "1000" : String(wanted(txQueueLength));
  return [
    `ip link set ${nic.name} txqueuelen ${longer}${txQueueLength === undefined ? "" : ` (now ${txQueueLength})`}.`,
    steady,
  ];
};

const severityOf = (share: number, managed: boolean, { thresholds }: NetworkStep) => {
  if (managed || share < thresholds.queueDroppedShare) return "info";
  return share >= 10 * thresholds.queueDroppedShare ? "critical" : "warning";
};

const isDefinitelyFull = (room: Room | undefined): boolean => room !== undefined && room.share >= fullShare;

export const qdiscFull: NetworkRule = (step) =>
  nicStepsOf(step)
    .flatMap(lossesOf)
    .flatMap((loss) => {
      const { nic, qdisc, dropped, sent } = loss;
      if (dropped < step.thresholds.droppedPackets) return [];
      const { kind, parent } = qdisc;
      const above = nic.qdiscs?.find((one) => one.bytesPerSecond !== undefined && parent.startsWith(one.handle));
      const shaper = qdisc.bytesPerSecond === undefined ? above : qdisc;
      const room = roomOf(qdisc, nic);
      const full = isDefinitelyFull(room);
      const managed = managesDelay.has(kind) && !full;
      // netem loses on purpose: only where it is full, too, is that the reason.
      const known = full || kind !== "netem";
      const share = dropped / (dropped + sent);
      return [
        {
          key: `packets-dropped/qdisc/${nic.name}/${qdisc.handle}${parent}`,
          symptom: "packets-dropped",
          cause: known ? "qdisc-full" : "unknown",
          severity: severityOf(share, managed, step),
          confidence: full ? 0.95 : managed || !known ? 0.6 : 0.85,
          subject: { kind: "interface", interface: nic.name },
          toll: dropped,
          tell: (total) => ({
            summary: `${nic.name} threw away ${count(total, "packet")} that were to be sent (${partOf(share)}): ${known ? `its queue (${kind}${room ? `, room for ${room.limit}` : ""}) ${managed ? "kept the delay short" : "was full"}` : `${kind} loses packets as it was told to`}${shaper?.bytesPerSecond === undefined ? "" : `, behind a shaper of ${bytesPerSecond(shaper.bytesPerSecond)}`}.`,
            evidence: [
              { name: "packets dropped", value: total, unit: "packets", source: "rtnetlink qdisc drops, netns" },
              { name: "packets sent", value: sent, unit: "packets", source: "rtnetlink qdisc, last window" },
              { name: "qdisc", value: `${kind} ${qdisc.handle} ${parent}`, source: "tc qdisc" },
              ...(room
                ? [
                    { name: "limit", value: room.limit, source: "tc qdisc" },
                    { name: "waiting now", value: room.waiting, source: "tc -s qdisc backlog" },
                  ]
                : []),
              ...(shaper?.bytesPerSecond === undefined
                ? []
                : [
                    {
                      name: "shaped to",
                      value: shaper.bytesPerSecond,
                      unit: "bytes/s",
                      source: `tc qdisc ${shaper.kind}`,
                    },
                  ]),
            ],
            ruledOut: [],
            remedy: known ? remedyOf(loss, shaper, step.ms) : [`Look at its settings: tc qdisc show dev ${nic.name}.`],
          }),
        },
      ];
    });
