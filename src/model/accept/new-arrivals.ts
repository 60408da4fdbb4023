// From what a listener shows (admitted, refused) to what came: SYNs that clients repeat are not new clients.
import { firingTick, ticksPerSecond } from "../timer-wheel.js";

/** A stretch of time at a listener. Times in ms. */
export interface ArrivalStep {
  readonly fromMs: number;
  readonly untilMs: number;
  /** Connections that entered its queue. */
  readonly admitted: number;
  /** SYNs that it dropped: 2 × ListenDrops − SO_MEMINFO[8], which counts the later segments twice. */
  readonly refused: number;
  /** Third segments that it dropped: those clients enter the queue later, and are no new ones. */
  readonly halfOpen?: number | undefined;
}

/** Clients that were refused together, and the retry of theirs that is awaited. */
interface Cohort {
  readonly at: number;
  clients: number;
  /** Of them, whose present retry has not been seen refused. */
  due: number;
  attempt: number;
}

const mostRetries = 10;
/** A look may come so long before or after what it saw. */
const slackMs = 40;

/** The earliest and latest moment, ms after the first SYN, of each retry: the wheel's phase is not known. */
const retryWindows = (linear: number): readonly (readonly [number, number])[] => {
  const msPerTick = 1000 / ticksPerSecond;
  const spread = 8;
  const latest = (tick: number): readonly number[] => {
    const times: number[] = [];
    for (let retry = 0, at = tick; retry < mostRetries; retry += 1) {
      at = firingTick(at, ticksPerSecond * (retry <= linear ? 1 : 2 ** (retry - linear)));
      times.push(at - tick);
    }
    return times;
  };
  const phases = Array.from({ length: 4 * spread }, (_, index) => latest(index * 2 * spread + index));
  return Array.from({ length: mostRetries }, (_, retry) => {
    const ticks = phases.map((times) => times[retry]!);
    return [Math.min(...ticks) * msPerTick - slackMs, Math.max(...ticks) * msPerTick + slackMs] as const;
  });
};

/** When a refused client comes again, ms after its first SYN: the middle of what is possible. */
export const retriesMs = (linear: number): readonly number[] =>
  retryWindows(linear).map(([from, until]) => (from + until) / 2);

/**
 * New clients in each step. A refused segment is a retry where one is due; a retry that was due and was not refused
 * came in, and is taken off what was admitted then.
 * @param linear tcp_syn_linear_timeouts of the clients
 */
export function newArrivals(steps: readonly ArrivalStep[], linear: number): readonly number[] {
  const windows = retryWindows(linear);
  const counts = steps.map(({ admitted }) => admitted);
  let cohorts: Cohort[] = [];
  // Whose SYN was let in and who was not admitted: half open.
  let between = 0;

  const takeReturned = (cohort: Cohort, upTo: number): void => {
    const [from, until] = windows[cohort.attempt]!;
    let left = cohort.due;
    cohort.clients -= cohort.due;
    for (let index = upTo; index >= 0 && left > 0 && steps[index]!.untilMs >= cohort.at + from; index -= 1) {
      if (steps[index]!.fromMs > cohort.at + until) continue;
      const taken = Math.min(left, counts[index]!);
      counts[index]! -= taken;
      left -= taken;
    }
    between += left;
  };

  for (const [index, step] of steps.entries()) {
    const entered = Math.min(between, counts[index]!);
    between -= entered;
    counts[index]! -= entered;
    for (const cohort of cohorts) {
      while (cohort.attempt < mostRetries && step.fromMs > cohort.at + windows[cohort.attempt]![1]) {
        takeReturned(cohort, index);
        cohort.attempt += 1;
        cohort.due = cohort.clients;
      }
    }
    cohorts = cohorts.filter(({ clients, attempt }) => clients > 0 && attempt < mostRetries);
    let refused = step.refused;
    for (const cohort of cohorts) {
      if (step.untilMs < cohort.at + windows[cohort.attempt]![0]) continue;
      const repeated = Math.min(cohort.due, refused);
      cohort.due -= repeated;
      refused -= repeated;
    }
    if (refused === 0) continue;
    counts[index]! += refused;
    const at = (step.fromMs + step.untilMs) / 2;
    cohorts.push({ at, clients: refused, due: refused, attempt: 0 });
  }
  for (const cohort of cohorts) takeReturned(cohort, steps.length - 1);
  return counts;
}
