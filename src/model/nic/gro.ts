// Generic receive offload within one poll (net/core/gro.c; below HZ=1000 every poll ends with a flush): packets of a
// connection that follow each other become one.
import type { Packet } from "./ring.js";

/** Told of each packet of a poll: does it begin a new one, or join the one before? */
export function createGro(most: number): (packet: Packet) => boolean {
  if (most === 1) return () => true;
  const held = new Map<number | undefined, number>();
  return ({ flow }) => {
    const joined = held.get(flow) ?? 0;
    held.set(flow, joined + 1 >= most ? 0 : joined + 1);
    return joined === 0;
  };
}
