// What comes in: the scenario's patterns as packets, one waiting event for each of them, no closer together than the
// line lets them.
import { type Engine, priority, toNanos } from "../engine.js";
import type { Packet } from "./ring.js";
import type { PacketArrival } from "./scenario.js";

const flowsApart = 1_000_000;

const never = Number.POSITIVE_INFINITY;

/** The moment of each packet in turn, ns. */
const momentsOf = (arrival: PacketArrival, random: () => number): ((index: number) => number) => {
  if ("at" in arrival) return (index) => (index < arrival.count ? toNanos(arrival.at) : never);
  const { burst = 1, from, until, rate, jitter } = arrival;
  let last = toNanos(from);
  return (index) => {
    const group = Math.floor(index / burst);
    if (!jitter) last = toNanos(from + (group * burst) / rate);
    else if (index > 0 && index % burst === 0) last += Math.round((2 * random() * burst * 1e9) / rate);
    return last < toNanos(until) ? last : never;
  };
};

/** `arrive` says when the next one of the pattern may come: at once on a wire, after its work where a sender makes it. */
export function startWire(
  engine: Engine,
  arrivals: readonly PacketArrival[],
  wireNs: number,
  arrive: (packet: Packet, next: () => void) => void,
): void {
  let freeAt = 0;
  let serial = 0;
  const pattern = (arrival: PacketArrival, place: number): void => {
    const timeOf = momentsOf(arrival, engine.random);
    const flowOf = (index: number): number | undefined =>
      arrival.flows === undefined ? undefined : place * flowsApart + (index % arrival.flows);
    const send = (index: number) => {
      if (engine.now() < freeAt) return engine.at(freeAt, priority.segment, () => send(index));
      freeAt = engine.now() + wireNs;
      serial += 1;
      arrive({ at: engine.now(), serial: serial - 1, flow: flowOf(index) }, () => next(index + 1));
    };
    const next = (index: number): void => {
      const time = timeOf(index);
      if (time !== never) engine.at(Math.max(time, freeAt), priority.segment, () => send(index));
    };
    next(0);
  };
  for (const [place, arrival] of arrivals.entries()) pattern(arrival, place);
}
