// Sweeps of packet rates over a veth pair whose receiving end polls on another CPU than the sender's.
import type { NicScenario } from "../../../src/model/index.js";

/** As nic-scenario.py takes it. */
export interface Sweep {
  readonly title: string;
  /** How polls come about on the kernel, and in the model. */
  readonly kernel: object;
  readonly model: Pick<NicScenario, "nic">;
  /** Multiplications that each packet costs beside its way through the kernel. */
  readonly work: number;
  /** Packets a second: one at which hardly two meet, one that is too much, and those that are predicted. */
  readonly low: number;
  readonly saturating: number;
  readonly rates: readonly number[];
  /** The goal speaks of NAPI devices; a backlog that all devices share is shown beside them. */
  readonly isShared?: boolean | undefined;
}

const flush = 400_000;
/** It lasts longer than any run: the interrupt never comes back. */
const defer = 10_000;

export const sweeps: readonly Sweep[] = [
  {
    title: "NAPI in a thread, woken by each packet that finds it asleep",
    kernel: { thread: true },
    model: { nic: { threaded: true, rechecks: true } },
    work: 4000,
    low: 10_000,
    saturating: 450_000,
    rates: [5000, 20_000, 40_000, 60_000, 80_000, 100_000, 120_000, 140_000, 160_000],
  },
  {
    title: "NAPI in softirqs, interrupt deferred (napi_defer_hard_irqs, gro_flush_timeout 400 µs)",
    kernel: { defer, flush },
    model: { nic: { rechecks: true, napi_defer_hard_irqs: defer, gro_flush_timeout: flush } },
    work: 2000,
    low: 10_000,
    saturating: 450_000,
    rates: [5000, 20_000, 50_000, 100_000, 150_000, 200_000, 250_000, 300_000],
  },
  {
    title: "without NAPI, steered to the other CPU's backlog (RPS)",
    isShared: true,
    kernel: { steered: true },
    model: { nic: { device: "veth", rpsCpus: [1] } },
    work: 4000,
    low: 10_000,
    saturating: 450_000,
    rates: [5000, 20_000, 40_000, 60_000, 80_000, 100_000, 120_000, 140_000],
  },
];

export const kernelScenario = ({ kernel, work }: Sweep, rate: number): object => ({
  ...kernel,
  work,
  rate,
  jitter: true,
  seconds: 0.25,
});
