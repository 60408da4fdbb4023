// packets-dropped/softnet-backlog-full: a CPU's queue of packets that have no NAPI of their own, or were steered to it by
// RPS, was longer than netdev_max_backlog (net/core/dev.c enqueue_to_backlog; softnet_stat, rx_dropped of the device).
import { count, percent } from "../format.js";
import type { NetworkSettings } from "../../snapshot/network.js";
import { type CpuStep, cpuStepsOf, movedBy, type NetworkRule, nicStepsOf, notShown, powerOfTwo } from "./step.js";

/** More packets than this in one CPU's queue are no burst any more but too little CPU. */
const mostBacklog = 32_768;

const remedyOf = (worst: CpuStep, settings: NetworkSettings | undefined, saturated: boolean): readonly string[] => {
  const limit = settings?.netdev_max_backlog;
  const wanted =
    limit === undefined ? undefined : Math.min(powerOfTwo(limit + worst.dropped), Math.max(2 * limit, mostBacklog));
  const raise =
    wanted === undefined
      ? `Raise net.core.netdev_max_backlog on the host (${notShown}; 1000 is the default): by ${powerOfTwo(worst.dropped)} at least for a burst like this.`
      : `sysctl -w net.core.netdev_max_backlog=${wanted} (now ${limit}; in the host's own network namespace).`;
  const spread = "Spread the packets over more CPUs: a mask of several in /sys/class/net/IF/queues/rx-N/rps_cpus.";
  return saturated ? [spread, raise] : [raise, spread];
};

export const softnetBacklogFull: NetworkRule = (step) => {
  const { thresholds, after } = step;
  const cpus = cpuStepsOf(step);
  const dropped = cpus.reduce((sum, cpu) => sum + cpu.dropped, 0);
  if (dropped < thresholds.droppedPackets) return [];
  const worst = cpus.toSorted((one, other) => other.dropped - one.dropped)[0]!;
  const losers = nicStepsOf(step)
    .map((nic) => ({ name: nic.now.name, packets: movedBy(nic, "rx_dropped"), received: movedBy(nic, "rx_packets") }))
    .filter(({ packets }) => packets > 0)
    .toSorted((one, other) => other.packets - one.packets);
  // The device that brought a packet counts its loss, so what no interface of this namespace counts was another's.
  const [loser] = losers;
  const own = Math.min(
    dropped,
    losers.reduce((sum, { packets }) => sum + packets, 0),
  );
  const isOwn = own >= thresholds.droppedPackets;
  const share = loser ? loser.packets / (loser.packets + loser.received) : 0;
  const saturated = (worst.shares?.softirq ?? 0) >= thresholds.softirqSaturatedShare;
  const limit = after.settings?.netdev_max_backlog;
  const whose = isOwn
    ? `that came through ${loser!.name}`
    : "of this host; no interface of this network namespace counts them, so they were most likely others'";
  return [
    {
      key: "packets-dropped/backlog",
      symptom: "packets-dropped",
      cause: "softnet-backlog-full",
      severity: !isOwn
        ? "info"
        : share >= thresholds.droppedCriticalShare
          ? "critical"
          : share >= thresholds.droppedShare
            ? "warning"
            : "info",
      confidence: isOwn ? 0.95 : 0.5,
      subject: isOwn ? { kind: "interface", interface: loser!.name } : { kind: "cpu", cpu: worst.cpu },
      toll: isOwn ? own : dropped,
      tell: (total) => ({
        summary: `CPU ${worst.cpu} threw away ${count(total, "packet")} ${whose}: its softnet backlog (${limit === undefined ? `limit ${notShown}` : `room for ${limit + 1}`}) was full.`,
        evidence: [
          {
            name: "packets lost",
            value: total,
            unit: "packets",
            source: isOwn ? "rtnetlink rx_dropped" : "softnet_stat",
          },
          { name: "softnet drops", value: dropped, unit: "packets", source: "softnet_stat, host-wide, last window" },
          ...losers.slice(0, 3).map(({ name, packets }) => {
            return {
              name: `dropped at ${name}`,
              value: packets,
              unit: "packets",
              source: "rtnetlink rx_dropped, netns",
            };
          }),
          { name: `processed by CPU ${worst.cpu}`, value: worst.processed, unit: "packets", source: "softnet_stat" },
          { name: "netdev_max_backlog", value: limit ?? notShown, source: "sysctl net.core, host-wide" },
          ...(worst.shares
            ? [{ name: "softirq share", value: percent(worst.shares.softirq), source: "/proc/stat, host-wide" }]
            : []),
        ],
        ruledOut: [],
        remedy: remedyOf(worst, after.settings, saturated),
      }),
    },
  ];
};
