// How a card's interrupts are spread over CPUs (/proc/interrupts, irq/N/smp_affinity). Pure.
import type { NicIrq } from "../../snapshot/network.js";
import { deltaU32 } from "../delta.js";
import { type NetworkStep, type NicStep, nicStepsOf } from "./step.js";

export interface IrqSpread {
  readonly name: string;
  /** Interrupts that may bring packets: as many as receive queues. */
  readonly irqs: readonly number[];
  readonly interrupts: number;
  /** The CPU that took most of them, and its part. */
  readonly cpu: number;
  readonly share: number;
}

/** Fewer interrupts tell nothing about where they go. */
const enough = 100;

const bringsPackets = ({ role }: NicIrq): boolean => role?.serves !== "tx" && role?.serves !== "control";

const spreadOf = ({ earlier, now }: NicStep, cpus: readonly number[]): IrqSpread | undefined => {
  const irqs = (now.irqs ?? []).filter(bringsPackets);
  const sums = cpus.map((_, column) =>
    irqs.reduce((sum, { irq, counts }) => {
      const from = earlier.irqs?.find((one) => one.irq === irq);
      return sum + (deltaU32(from?.counts[column], counts[column]) ?? 0);
    }, 0),
  );
  const interrupts = sums.reduce((sum, n) => sum + n, 0);
  if (interrupts < enough) return undefined;
  const most = Math.max(...sums);
  return {
    name: now.name,
    irqs: irqs.map(({ irq }) => irq),
    interrupts,
    cpu: cpus[sums.indexOf(most)]!,
    share: most / interrupts,
  };
};

/** Each card that interrupted; none where CPUs came or went meanwhile. */
export const irqSpreadsOf = (step: NetworkStep): readonly IrqSpread[] =>
  String(step.before.interruptCpus) === String(step.after.interruptCpus)
    ? nicStepsOf(step).flatMap((nic) => spreadOf(nic, step.after.interruptCpus) ?? [])
    : [];
