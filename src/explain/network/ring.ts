// packets-dropped/nic-ring-full: the card had no free descriptor (rtnl_link_stats64 rx_missed_errors, rx_fifo_errors;
// netdev qstats rx-hw-drop-overruns; the driver's own counters). Each driver counts in another place.
import type { NetworkInterface } from "../../snapshot/network.js";
import { count, percent } from "../format.js";
import { type CpuStep, cpuStepsOf, movedBy, type NetworkRule, type NicStep, nicStepsOf, partOf } from "./step.js";

/** Of the driver's own counters, those that mean "no free descriptor, no buffer". Total. */
export const speaksOfRing = (name: string): boolean =>
  !/xdp|csum|crc|tx/i.test(name) &&
  /no_?(?:buf|dma|desc)|nodesc|out_of_buf|miss|fifo|overrun|overflow|^rx\w*_drops?$/i.test(name);

interface Loss {
  readonly name: string;
  readonly packets: number;
}

const countersOf = ({ statistics, queueStatistics, driverDrops }: NetworkInterface): ReadonlyMap<string, number> => {
  const sums = new Map<string, number>();
  const put = (name: string, value: number | bigint | undefined): void => {
    if (value !== undefined) sums.set(name, (sums.get(name) ?? 0) + Number(value));
  };
  put("rx_missed_errors", statistics.rx_missed_errors);
  put("rx_fifo_errors", statistics.rx_fifo_errors);
  put("qstats rx-hw-drop-overruns", queueStatistics?.rxHwDropOverruns ?? queueStatistics?.rxHwDrops);
  for (const [name, value] of Object.entries(driverDrops ?? {}))
    if (speaksOfRing(name)) put(`ethtool -S ${name.replace(/\d+/g, "*")}`, value);
  return sums;
};

/** The counter that moved most: several may count the same packets. */
export const ringLossOf = ({ earlier, now }: NicStep): Loss | undefined => {
  const before = countersOf(earlier);
  return [...countersOf(now)]
    .map(([name, value]) => ({ name, packets: value - (before.get(name) ?? value) }))
    .filter(({ packets }) => packets > 0)
    .toSorted((one, other) => other.packets - one.packets)[0];
};

const remedyOf = ({ name, ring }: NetworkInterface): readonly string[] => {
  const spread = `Let more CPUs fetch: more queues (ethtool -L ${name} combined N), or fewer interrupts held back (ethtool -C ${name}).`;
  if (!ring) return [`Enlarge the receive ring to its maximum, which ethtool -g ${name} shows.`, spread];
  if (ring.rx >= ring.rxMax) return [spread];
  return [`Enlarge the receive ring from ${ring.rx} to ${ring.rxMax}: ethtool -G ${name} rx ${ring.rxMax}.`, spread];
};

const busiest = (cpus: readonly CpuStep[]): CpuStep | undefined =>
  cpus.toSorted((one, other) => (other.shares?.softirq ?? 0) - (one.shares?.softirq ?? 0))[0];

export const nicRingFull: NetworkRule = (step) =>
  nicStepsOf(step).flatMap((nic) => {
    const { thresholds } = step;
    const loss = ringLossOf(nic);
    if (!loss || loss.packets < thresholds.droppedPackets) return [];
    const { name, ring, driver } = nic.now;
    const received = movedBy(nic, "rx_packets");
    const share = loss.packets / (received + loss.packets);
    const cpus = cpuStepsOf(step);
    const cpu = busiest(cpus);
    const softnet = cpus.reduce((sum, { dropped }) => sum + dropped, 0);
    const size = ring ? ` (${ring.rx} of at most ${ring.rxMax} places)` : "";
    return [
      {
        key: `packets-dropped/ring/${name}`,
        symptom: "packets-dropped",
        cause: "nic-ring-full",
        severity:
          share >= thresholds.droppedCriticalShare ? "critical" : share >= thresholds.droppedShare ? "warning" : "info",
        confidence: loss.name.startsWith("ethtool") ? 0.8 : 0.9,
        subject: { kind: "interface", interface: name },
        toll: loss.packets,
        tell: (total) => ({
          summary: `${name} lost ${count(total, "packet")} before the kernel saw them: its receive ring${size} was full; ${partOf(share)} of what came in the last window.`,
          evidence: [
            { name: "packets lost", value: total, unit: "packets", source: loss.name },
            { name: "packets received", value: received, unit: "packets", source: "rtnetlink rx_packets, last window" },
            ...(ring ? [{ name: "receive ring", value: `${ring.rx} of ${ring.rxMax}`, source: "ethtool -g" }] : []),
            ...(driver === undefined ? [] : [{ name: "driver", value: driver, source: "ethtool -i" }]),
            ...(cpu?.shares
              ? [
                  {
                    name: `softirq share of CPU ${cpu.cpu}`,
                    value: percent(cpu.shares.softirq),
                    source: "/proc/stat, host-wide",
                  },
                ]
              : []),
          ],
          ruledOut:
            softnet === 0 ? [{ cause: "softnet-backlog-full", because: "softnet_stat drops did not move" }] : [],
          remedy: remedyOf(nic.now),
        }),
      },
    ];
  });
