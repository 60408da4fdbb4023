// The counters that the accept path moves, by the kernel's names (net/ipv4/proc.c); from 0 at the start of a run.
import { type CounterName, counterNames } from "../snapshot/snapshot.js";

export type ModelCounters = Record<CounterName, number>;

export const createCounters = (): ModelCounters =>
  Object.fromEntries(counterNames.map((name) => [name, 0])) as ModelCounters;
