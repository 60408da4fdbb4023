// What a CPU runs outside of interrupts: a program, ksoftirqd, threads that poll. The scheduler gives the next turn to
// whoever ran least, at ticks (kernel/sched/fair.c; kernel/softirq.c run_ksoftirqd).
import { type Cpu, type Doing, enter, interruptInside, jiffies, spend } from "./cpu.js";
import { priority } from "../engine.js";
import { handleSoftirqs } from "./softirq.js";

export interface Task {
  readonly doing: Doing;
  isRunnable: boolean;
  /** CPU time charged to it. */
  ranNs: number;
  /** One stretch that nothing but interrupts gets into; then `done`. Absent: it computes, and can be left at any time. */
  readonly stretch?: ((done: () => void) => void) | undefined;
}

const leastRan = (cpu: Cpu): Task | undefined =>
  cpu.tasks.reduce<Task | undefined>(
    (least, task) => (task.isRunnable && (!least || task.ranNs < least.ranNs) ? task : least),
    undefined,
  );

/** Whoever slept gains nothing by it. */
export function wake(cpu: Cpu, task: Task): void {
  if (task.isRunnable) return;
  enter(cpu, cpu.doing);
  task.ranNs = Math.max(task.ranNs, leastRan(cpu)?.ranNs ?? 0);
  task.isRunnable = true;
  startTicks(cpu);
}

/** The tick, as long as two want to run: it may end a turn, and at its end pending softirqs run. */
function startTicks(cpu: Cpu): void {
  if (cpu.isTicking || cpu.tasks.filter(({ isRunnable }) => isRunnable).length < 2) return;
  cpu.isTicking = true;
  cpu.engine.at((jiffies(cpu) + 1) * cpu.setup.jiffyNs, priority.timer, () => {
    cpu.isTicking = false;
    enter(cpu, cpu.doing);
    if (cpu.current && leastRan(cpu) !== cpu.current) cpu.needsResched = true;
    startTicks(cpu);
    if (!cpu.isInside) leaveInterrupt(cpu);
  });
}

/** From interrupt or softirq back to whatever task is on: the same one, or another whose turn it is. */
function resume(cpu: Cpu): void {
  enter(cpu, cpu.doing);
  cpu.isInside = false;
  const call = cpu.calls.shift();
  if (call) call();
  else runTask(cpu);
}

function runTask(cpu: Cpu): void {
  if (cpu.needsResched || !cpu.current?.isRunnable) {
    cpu.needsResched = false;
    cpu.current = leastRan(cpu);
  }
  const task = cpu.current;
  enter(cpu, task?.doing ?? "idle");
  if (!task?.stretch) return;
  cpu.isInside = true;
  task.stretch(() => resume(cpu));
}

const ksoftirqdOf = (cpu: Cpu): Task => cpu.tasks[0]!;

/** Pending softirqs, wherever they run; what they leave is ksoftirqd's. */
export function runSoftirqs(cpu: Cpu, done: () => void): void {
  handleSoftirqs(cpu, (isLeft) => {
    const ksoftirqd = ksoftirqdOf(cpu);
    if (isLeft && !ksoftirqd.isRunnable) {
      cpu.tell(cpu, "softirq hands over to ksoftirqd: programs get their turn");
      wake(cpu, ksoftirqd);
    }
    done();
  });
}

/** The end of an interrupt or of a system call that sent (irq_exit, local_bh_enable): pending softirqs run at once. */
function leaveInterrupt(cpu: Cpu): void {
  const isLeft = cpu.setup.leavesToKsoftirqd && ksoftirqdOf(cpu).isRunnable;
  if (cpu.raised && !isLeft) {
    cpu.isInside = true;
    enter(cpu, "softirq");
    runSoftirqs(cpu, () => resume(cpu));
  } else resume(cpu);
}

/** A hardware interrupt, or one from another CPU: `handle` is its handler. */
export function interrupt(cpu: Cpu, handle: () => void): void {
  const { interruptNs } = cpu.setup;
  if (cpu.isInside) {
    interruptInside(cpu, interruptNs, handle);
    return;
  }
  cpu.isInside = true;
  enter(cpu, "interrupt");
  spend(cpu, interruptNs, () => {
    handle();
    leaveInterrupt(cpu);
  });
}

/** A system call of a sender on this CPU: it has to wait while the CPU is inside an interrupt or softirqs. */
export function systemCall(cpu: Cpu, ns: number, run: () => void): void {
  const call = (): void => {
    cpu.isInside = true;
    enter(cpu, "program");
    spend(cpu, ns, () => {
      run();
      leaveInterrupt(cpu);
    });
  };
  if (cpu.isInside) cpu.calls.push(call);
  else call();
}

export function startTasks(cpu: Cpu): void {
  const ksoftirqd: Task = {
    doing: "ksoftirqd",
    isRunnable: false,
    ranNs: 0,
    stretch: (done) => {
      if (cpu.raised) return runSoftirqs(cpu, done);
      ksoftirqd.isRunnable = false;
      done();
    },
  };
  cpu.tasks.push(ksoftirqd);
  if (!cpu.setup.hasProgram) return;
  cpu.tasks.push({ doing: "program", isRunnable: true, ranNs: 0 });
  resume(cpu);
}
