// Processes in virtual time: generators that run until a call has to wait, and go on when something wakes them. A
// process that was woken runs after whatever woke it is done, in the order of the wake-ups.
import { type Engine, priority, toNanos } from "./engine.js";

/** What a process is waiting for: `start` is handed the function that makes it runnable again. */
export interface Wait {
  readonly start: (wake: () => void) => void;
  /** A moment that was known beforehand: the process runs exactly then. */
  readonly isTimer?: boolean | undefined;
}

/** A program, or a call that it performs with `yield*`. */
export type Process<Returned = void> = Generator<Wait, Returned, void>;

/** Starts a program at the current moment. `wakeNanos`: from a wake-up until it runs. */
export function spawn(engine: Engine, program: Process, wakeNanos = 0): void {
  const run = (): void => {
    const step = program.next();
    if (step.done) return;
    let woken = false;
    const { start, isTimer } = step.value;
    start(() => {
      if (woken) return;
      woken = true;
      engine.at(engine.now() + (isTimer ? 0 : wakeNanos), priority.server, run);
    });
  };
  engine.at(engine.now(), priority.server, run);
}

/** Does nothing until then (ns); goes on at once when that is past. */
export function* sleepUntil(engine: Engine, until: number): Process {
  if (until > engine.now()) yield { start: (wake) => engine.at(until, priority.server, wake), isTimer: true };
}

/** nanosleep(2), or computing: the process does nothing else until then. */
export const sleep = (engine: Engine, seconds: number): Process => sleepUntil(engine, engine.now() + toNanos(seconds));
