// Which queue and which CPU a packet goes to: by its connection's hash (RSS in the card, RPS in get_rps_cpu), so that a
// connection stays where it is; packets of no connection in turn.
import type { Packet } from "./ring.js";

/** Well spread 32 bits of a small number. */
const mix = (value: number): number => {
  let mixed = Math.imul(value + 1, 0x9e3779b1);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x85ebca6b);
  return (mixed ^ (mixed >>> 13)) >>> 0;
};

export const queueOf = ({ flow, serial }: Packet, queues: number): number =>
  (flow === undefined ? serial : mix(flow)) % queues;

/** Independent of the queue: else the packets of one queue would all go to one CPU. */
export const rpsCpuOf = ({ flow, serial }: Packet, queues: number, cpus: readonly number[]): number =>
  cpus[(flow === undefined ? Math.floor(serial / queues) : mix(~flow)) % cpus.length]!;
