// The path between clients and the listener: a fixed delay, or loopback, where a handshake runs inside connect(2).
import { type Engine, priority, toNanos } from "../engine.js";
import type { Train, Trains } from "./scenario.js";

/** Below this round trip a path is loopback: nothing is in flight while a program runs. */
export const loopbackBelowSeconds = 0.0005;

/** Hands a segment to the other side: first in, first out. */
type Deliver = (receive: () => void) => void;

export interface Link {
  readonly toListener: Deliver;
  readonly toClients: Deliver;
}

/** A train that is later than this took something else. */
const latest = toNanos(0.06);

/** When what is sent now arrives, ns: with the first train that it was in time for, else after the usual delay. */
function timetable(trains: readonly Train[], oneWay: number): (now: number) => number {
  let next = 0;
  return (now) => {
    while (next < trains.length && toNanos(trains[next]![0]) < now) next += 1;
    const train = trains[next];
    const usual = now + oneWay;
    return train && toNanos(train[1]) <= usual + latest ? toNanos(train[1]) : usual;
  };
}

interface LinkOptions {
  readonly rtt: number;
  readonly trains?: Trains | undefined;
  /** Seconds; nothing arrives from then on. */
  readonly blackholeAt: number;
}

export function createLink(engine: Engine, { rtt, trains, blackholeAt }: LinkOptions): Link {
  const effective = rtt < loopbackBelowSeconds ? 0 : rtt;
  const end = toNanos(blackholeAt);
  const oneWay = toNanos(effective / 2);
  const direction = (watched: readonly Train[] = []): Deliver => {
    const arrival = timetable(watched, oneWay);
    const inOrder = engine.lane(priority.segment, (receive: () => void) => receive());
    return (receive) => {
      const at = arrival(engine.now());
      if (at >= end) return;
      if (watched.length === 0) inOrder(at, receive);
      else engine.at(at, priority.segment, receive);
    };
  };
  return { toListener: direction(trains?.toListener), toClients: direction(trains?.toClients) };
}
