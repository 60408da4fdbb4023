// "At this rate the queue is full in 3.2 s", before it is: from how fast an accept queue has grown of late.

/** One step in which the queue was watched: what came in and what was accepted. */
export interface QueueStep {
  readonly fromMs: number;
  readonly untilMs: number;
  readonly admitted: number;
  readonly accepts: number;
}

/** So much of it has to be seen at least; the latest growth counts, of a second, or more while it is a few connections. */
const leastMs = 100;
const windowMs = 1000;
const fewConnections = 8;
const longestMs = 10_000;
/** What is further off is not told: the rate will have changed. */
const furthestMs = 60_000;

/**
 * Milliseconds until an accept queue of this length overflows if it goes on growing as it did of late. `undefined`:
 * it does not grow, or so slowly that it takes more than a minute; it is full already; or too little was seen.
 * @param steps the latest last
 */
export function timeToFull(limit: number, length: number, steps: readonly QueueStep[]): number | undefined {
  let seenMs = 0;
  let grown = 0;
  for (const { fromMs, untilMs, admitted, accepts } of steps.toReversed()) {
    seenMs += untilMs - fromMs;
    grown += admitted - accepts;
    if (seenMs >= (grown < fewConnections ? longestMs : windowMs) || grown >= length) break;
  }
  // One more than the limit fits (include/net/sock.h, sk_acceptq_is_full).
  const room = limit + 1 - length;
  if (seenMs < leastMs || grown <= 0 || room <= 0) return undefined;
  const ms = (room / grown) * seenMs;
  return ms <= furthestMs ? ms : undefined;
}
