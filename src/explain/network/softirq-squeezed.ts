// softirq-squeezed: net_rx_action left work behind because its budget of packets or of time was used up (net/core/dev.c;
// softnet_stat time_squeeze), and it hurt: packets were lost, or waited while the CPU could take no more.
import type { Cause, RuledOut } from "../finding.js";
import { count, percent, rate } from "../format.js";
import { type IrqSpread, irqSpreadsOf } from "./irq-spread.js";
import { ringLossOf } from "./ring.js";
import { type CpuStep, cpuStepsOf, movedBy, type NetworkRule, type NetworkStep, nicStepsOf, notShown } from "./step.js";

/** Linux's defaults: below them a budget was made too small. */
const defaults = { netdev_budget: 300, netdev_budget_usecs: 2000 } as const;
/** CPUs that are idle this much could help. */
const idleShare = 0.5;

interface Squeeze {
  readonly cpu: CpuStep;
  readonly perSecond: number;
  /** Packets lost meanwhile that this CPU should have taken. */
  readonly lost: number;
  readonly saturated: boolean;
  readonly imbalance?: IrqSpread | undefined;
}

/** Lost in this namespace: at the backlog of this CPU, or at a card's ring. */
const lostOf = (step: NetworkStep, cpu: CpuStep): number => {
  const nics = nicStepsOf(step);
  const own = nics.reduce((sum, nic) => sum + movedBy(nic, "rx_dropped"), 0);
  const ring = nics.reduce((sum, nic) => sum + (ringLossOf(nic)?.packets ?? 0), 0);
  return Math.min(cpu.dropped, own) + ring;
};

const imbalanceOf = (step: NetworkStep, cpu: CpuStep, cpus: readonly CpuStep[]): IrqSpread | undefined => {
  const others = cpus.filter((one) => one.cpu !== cpu.cpu && one.shares);
  const idle = others.reduce((sum, { shares }) => sum + shares!.idle, 0) / Math.max(1, others.length);
  if (idle < idleShare) return undefined;
  return irqSpreadsOf(step).find(
    (spread) => spread.irqs.length > 1 && spread.cpu === cpu.cpu && spread.share >= step.thresholds.imbalanceShare,
  );
};

const squeezeOf = (step: NetworkStep): Squeeze | undefined => {
  const { thresholds } = step;
  const cpus = cpuStepsOf(step);
  const cpu = cpus.toSorted((one, other) => other.squeezes - one.squeezes)[0];
  const perSecond = ((cpu?.squeezes ?? 0) * 1000) / Math.max(1, step.ms);
  if (!cpu || perSecond < thresholds.squeezesPerSecond) return undefined;
  const saturated = (cpu.shares?.softirq ?? 0) >= thresholds.softirqSaturatedShare;
  const imbalance = saturated ? imbalanceOf(step, cpu, cpus) : undefined;
  return { cpu, perSecond, lost: lostOf(step, cpu), saturated, imbalance };
};

const causeOf = ({ cpu, saturated, imbalance }: Squeeze): Cause => {
  if (!cpu.shares) return "unknown";
  if (imbalance) return "irq-imbalance";
  return saturated ? "cpu-saturated" : "budget-too-small";
};

const why = (squeeze: Squeeze, step: NetworkStep): string => {
  const { cpu, imbalance } = squeeze;
  const budget = step.after.settings?.netdev_budget;
  const share = percent(cpu.shares?.softirq ?? 0);
  const texts: Partial<Record<Cause, string>> = {
    "irq-imbalance": `${percent(imbalance?.share ?? 0)} of the interrupts of ${imbalance?.name} go to it while other CPUs are idle`,
    "cpu-saturated": `it spent ${share} of its time in softirqs and can take no more`,
    "budget-too-small": `its budget (netdev_budget ${budget ?? notShown}) ran out although it spent only ${share} of its time in softirqs`,
  };
  return texts[causeOf(squeeze)] ?? "cause unknown: /proc/stat cannot be read";
};

const remedyOf = (squeeze: Squeeze, step: NetworkStep): readonly string[] => {
  const { cpu, imbalance } = squeeze;
  const { netdev_budget: budget, netdev_budget_usecs: usecs } = step.after.settings ?? {};
  const twice = (name: keyof typeof defaults, now: number | undefined): string =>
    now === undefined
      ? `net.core.${name} twice as high on the host (${notShown}; default ${defaults[name]})`
      : `sysctl -w net.core.${name}=${Math.max(2 * now, defaults[name])} (now ${now})`;
  const card = imbalance?.name ?? "IF";
  const steer = `Steer packets to other CPUs: several bits in /sys/class/net/${card}/queues/rx-0/rps_cpus.`;
  const others = step.after.cpus.map((one) => one.cpu).filter((one) => one !== cpu.cpu);
  const texts: Partial<Record<Cause, readonly string[]>> = {
    "irq-imbalance": [
      `Give each interrupt of ${card} a CPU of its own (or run irqbalance): ${(imbalance?.irqs ?? [])
        .slice(0, 8)
        .map((irq, i) => `echo ${[cpu.cpu, ...others][i % (others.length + 1)]} > /proc/irq/${irq}/smp_affinity_list`)
        .join("; ")}.`,
      steer,
    ],
    "cpu-saturated": [
      steer,
      "More receive queues where the card has them (ethtool -L IF combined N); larger interrupt pauses (ethtool -C IF rx-usecs N) and GRO cost less per packet.",
    ],
    "budget-too-small": [
      `${twice("netdev_budget", budget)}.`,
      `If it is time that runs out: ${twice("netdev_budget_usecs", usecs)}.`,
    ],
  };
  return texts[causeOf(squeeze)] ?? [];
};

const ruledOut = (squeeze: Squeeze): readonly RuledOut[] => {
  const { cpu, saturated, imbalance } = squeeze;
  if (!cpu.shares) return [];
  const share = percent(cpu.shares.softirq);
  return [
    ...(saturated ? [] : [{ cause: "cpu-saturated", because: `softirqs took ${share} of CPU ${cpu.cpu}` } as const]),
    ...(saturated && !imbalance
      ? [{ cause: "irq-imbalance", because: "no card of several queues sends its interrupts to it alone" } as const]
      : []),
  ];
};

export const softirqSqueezed: NetworkRule = (step) => {
  const squeeze = squeezeOf(step);
  if (!squeeze) return [];
  const { thresholds } = step;
  const { cpu, lost, saturated, perSecond } = squeeze;
  const isBehind = saturated && cpu.standing >= thresholds.standingPackets;
  const hurts = lost >= thresholds.droppedPackets || isBehind;
  const lostShare = lost / Math.max(1, lost + cpu.processed);
  const cost =
    lost >= thresholds.droppedPackets
      ? `, and ${count(lost, "packet")} were lost in the last window`
      : isBehind
        ? `, and ${count(cpu.standing, "packet")} stood in its queue`
        : ", without any loss";
  return [
    {
      key: "softirq-squeezed",
      symptom: "softirq-squeezed",
      cause: causeOf(squeeze),
      severity: !hurts ? "info" : lostShare >= thresholds.droppedCriticalShare ? "critical" : "warning",
      confidence: !cpu.shares ? 0.5 : hurts ? 0.85 : 0.7,
      subject: { kind: "cpu", cpu: cpu.cpu },
      toll: cpu.squeezes,
      tell: (total) => ({
        summary: `CPU ${cpu.cpu} left receive work behind ${count(total, "time")} (${rate(perSecond)} a second)${cost}: ${why(squeeze, step)}.`,
        evidence: [
          { name: "time_squeeze", value: total, unit: "times", source: "softnet_stat, host-wide" },
          { name: "packets lost", value: lost, unit: "packets", source: "softnet_stat, rx_dropped, ring; last window" },
          { name: "packets processed", value: cpu.processed, unit: "packets", source: "softnet_stat, last window" },
          { name: "packets standing in the backlog", value: cpu.standing, unit: "packets", source: "softnet_stat" },
          ...(cpu.shares
            ? [{ name: "softirq share", value: percent(cpu.shares.softirq), source: "/proc/stat, host-wide" }]
            : []),
          { name: "netdev_budget", value: step.after.settings?.netdev_budget ?? notShown, source: "sysctl, host-wide" },
          {
            name: "netdev_budget_usecs",
            value: step.after.settings?.netdev_budget_usecs ?? notShown,
            source: "sysctl, host-wide",
          },
          {
            name: "segments sent again",
            value: step.moved.RetransSegs ?? 0,
            unit: "segments",
            source: "snmp, netns-wide",
          },
        ],
        ruledOut: ruledOut(squeeze),
        remedy: remedyOf(squeeze, step),
      }),
    },
  ];
};
