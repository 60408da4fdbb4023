// The path between clients and the listener: a fixed delay, or loopback, where a handshake runs inside connect(2).
import { type Engine, priority, toNanos } from "../engine.js";

/** Below this round trip a path is loopback: nothing is in flight while a program runs (kernel.md K). */
export const loopbackBelowSeconds = 0.0005;

export interface Link {
  /** Hands a segment to the other side: first in, first out. */
  deliver(receive: () => void): void;
  /** Round trip in seconds; 0 on loopback. */
  readonly rtt: number;
}

export function createLink(engine: Engine, rtt: number): Link {
  const effective = rtt < loopbackBelowSeconds ? 0 : rtt;
  const oneWay = toNanos(effective / 2);
  return { deliver: (receive) => engine.at(engine.now() + oneWay, priority.segment, receive), rtt: effective };
}
