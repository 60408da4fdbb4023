// A queue of packets with a bound: a device's receive ring, or one of a CPU's backlog queues.

/** A packet on its way from the wire to the protocols. */
export interface Packet {
  /** When it came, ns. */
  readonly at: number;
  /** Its place among all that came. */
  readonly serial: number;
  /** Its connection; `undefined`: nothing was said about connections. */
  readonly flow: number | undefined;
}

export interface PacketQueue {
  length(): number;
  peak(): number;
  /** False: there was no room. */
  put(packet: Packet): boolean;
  take(): Packet | undefined;
  /** All of `other` to the end of this one. */
  splice(other: PacketQueue): void;
}

const leastSpare = 1024;

export function createPacketQueue(room: number = Number.POSITIVE_INFINITY): PacketQueue {
  let packets: Packet[] = [];
  let head = 0;
  let peak = 0;
  const length = (): number => packets.length - head;
  const put = (packet: Packet): boolean => {
    if (length() >= room) return false;
    packets.push(packet);
    peak = Math.max(peak, length());
    return true;
  };
  const take = (): Packet | undefined => {
    const packet = packets[head];
    if (!packet) return undefined;
    head += 1;
    if (head > leastSpare && 2 * head > packets.length) {
      packets = packets.slice(head);
      head = 0;
    }
    return packet;
  };
  const splice = (other: PacketQueue): void => {
    for (let packet = other.take(); packet; packet = other.take()) put(packet);
  };
  return { length, peak: () => peak, put, take, splice };
}
