// What a run counts beside what each CPU counts for itself.
import { createReservoir, type Reservoir } from "../reservoir.js";

export interface NicStats {
  arrivals: number;
  interrupts: number;
  polls: number;
  fullPolls: number;
  emptyPolls: number;
  /** Packets that those polls took. */
  polled: number;
  ringDrops: number;
  backlogDrops: number;
  readonly waits: Reservoir;
}

export const createNicStats = (): NicStats => ({
  arrivals: 0,
  interrupts: 0,
  polls: 0,
  fullPolls: 0,
  emptyPolls: 0,
  polled: 0,
  ringDrops: 0,
  backlogDrops: 0,
  waits: createReservoir(),
});

export function countPoll(stats: NicStats, work: number, weight: number): void {
  stats.polls += 1;
  stats.polled += work;
  if (work >= weight) stats.fullPolls += 1;
  if (work === 0) stats.emptyPolls += 1;
}
