// A CPU: what it does now, what that took so far, and what interrupts do to it.
import { type Engine, priority } from "../engine.js";
import type { Napi } from "./napi.js";
import type { NicSetup } from "./setup.js";
import type { Task } from "./tasks.js";

export type Doing = "idle" | "program" | "interrupt" | "softirq" | "ksoftirqd" | "thread";

export interface Softnet {
  processed: number;
  dropped: number;
  timeSqueeze: number;
  receivedRps: number;
}

export interface Cpu {
  readonly id: number;
  readonly engine: Engine;
  readonly setup: NicSetup;
  /** Steps of the story, in words. */
  readonly tell: (cpu: Cpu, event: string) => void;
  readonly softnet: Softnet;
  /** NET_RX softirqs run, as /proc/softirqs counts them. */
  softirqs: number;
  interrupts: number;
  // struct softnet_data
  pollList: Napi[];
  inNetRxAction: boolean;
  /** NET_RX is pending. */
  raised: boolean;
  /** Other CPUs that are to be interrupted since packets were steered to them (rps_ipi_list). */
  ipis: (() => void)[];
  // what runs
  doing: Doing;
  readonly spentNs: Record<Doing, number>;
  /** In an interrupt, a softirq or a poll: what comes now waits for its end. */
  isInside: boolean;
  needsResched: boolean;
  readonly tasks: Task[];
  current: Task | undefined;
  /** System calls that wait until the CPU is back from interrupts and softirqs. */
  readonly calls: (() => void)[];
  isTicking: boolean;
  /** When the time of `doing` was last added up, and what interrupts took of it since. */
  since: number;
  stolenNs: number;
}

export const createCpu = (id: number, engine: Engine, setup: NicSetup, tell: Cpu["tell"]): Cpu => ({
  id,
  engine,
  setup,
  tell,
  softnet: { processed: 0, dropped: 0, timeSqueeze: 0, receivedRps: 0 },
  softirqs: 0,
  interrupts: 0,
  pollList: [],
  inNetRxAction: false,
  raised: false,
  ipis: [],
  doing: "idle",
  spentNs: { idle: 0, program: 0, interrupt: 0, softirq: 0, ksoftirqd: 0, thread: 0 },
  isInside: false,
  needsResched: false,
  tasks: [],
  current: undefined,
  calls: [],
  isTicking: false,
  since: 0,
  stolenNs: 0,
});

/** The tick counter of the machine. */
export const jiffies = ({ engine, setup }: Cpu): number => Math.floor(engine.now() / setup.jiffyNs);

/** Adds up what the CPU did until now, and what it does from now on. */
export function enter(cpu: Cpu, doing: Doing): void {
  const now = cpu.engine.now();
  const spent = now - cpu.since;
  cpu.spentNs[cpu.doing] += spent;
  // Softirqs are charged to the task they interrupt (no CONFIG_IRQ_TIME_ACCOUNTING).
  if (cpu.current) cpu.current.ranNs += spent;
  cpu.since = now;
  cpu.doing = doing;
}

/** The CPU works for `ns`, and longer by what interrupts take of it; then `next`. One such step at a time. */
export function spend(cpu: Cpu, ns: number, next: () => void): void {
  const { engine } = cpu;
  const end = (): void => {
    const more = cpu.stolenNs;
    cpu.stolenNs = 0;
    if (more === 0) next();
    else engine.at(engine.now() + more, priority.server, end);
  };
  if (ns === 0 && cpu.stolenNs === 0) next();
  else engine.at(engine.now() + ns, priority.server, end);
}

/** An interrupt while the CPU is inside: its handler runs between, and what runs ends later. */
export function interruptInside(cpu: Cpu, ns: number, handle: () => void): void {
  enter(cpu, cpu.doing);
  cpu.spentNs[cpu.doing] -= ns;
  cpu.spentNs.interrupt += ns;
  cpu.stolenNs += ns;
  handle();
}
