// A sample as one sentence, for whoever reads the log as it runs: the worst queue, the busiest loop, how many sockets.
import { count, duration, percent, placeOf } from "../explain/format.js";
import type { Sample, SampledListener } from "./sample.js";

/** limit + 1 connections fit (kernel sk_acceptq_is_full). */
const fill = ({ length, limit, peak = length }: SampledListener): number => peak / (limit + 1);

const waiting = ({ length, limit, peak = length, oldestMs }: SampledListener): string => {
  if (peak > length) return `had up to ${peak} of ${limit + 1} waiting, ${length} now`;
  const age = length > 0 && oldestMs !== undefined ? ` for up to ${duration(oldestMs)}` : "";
  return `has ${length} of ${limit + 1} waiting${age}`;
};

const queue = (listener: SampledListener, listeners: number): string => {
  const { dropped = 0 } = listener;
  return [
    `${placeOf(listener)} ${waiting(listener)}`,
    dropped > 0 ? `, ${count(dropped, "segment")} dropped` : "",
    listeners > 1 ? ` (the worst of ${listeners} listeners)` : "",
  ].join("");
};

const queues = ({ listeners }: Sample): string => {
  const worstFirst = listeners.toSorted(
    (one, other) => (other.dropped ?? 0) - (one.dropped ?? 0) || fill(other) - fill(one),
  );
  return worstFirst[0] ? queue(worstFirst[0], listeners.length) : "nothing listens";
};

const busiest = ({ loops }: Sample): string | undefined => {
  const [least] = loops
    .flatMap(({ id, main, idleShare }) => (idleShare === undefined ? [] : [{ id, main, idleShare }]))
    .toSorted((one, other) => one.idleShare - other.idleShare);
  return least && `${least.main ? "the main loop" : `loop ${least.id}`} was ${percent(1 - least.idleShare)} busy`;
};

const sockets = ({ connections }: Sample): string | undefined =>
  connections && `${count(connections.total, "other socket")}, ${connections.byState.ESTAB ?? 0} established`;

/** `0.0.0.0:3000 has 3 of 512 waiting for up to 250 ms; the main loop was 75 % busy; 14 other sockets, 12 established`. */
export const sampleMessage = (sample: Sample): string =>
  [queues(sample), busiest(sample), sockets(sample)].filter((part) => part !== undefined).join("; ");
