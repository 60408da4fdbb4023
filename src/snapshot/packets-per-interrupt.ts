// Interrupt-driven or polling: how many packets an interface took per interrupt between two readings
// (Documentation/networking/napi.rst). Pure.
import type { NetworkInterface, NetworkReading } from "./network.js";

export interface PacketsPerInterrupt {
  readonly mode: "interrupt-driven" | "polling" | "unknown";
  /** Packets received per interrupt; `undefined` where none came or none can be counted. */
  readonly figure?: number | undefined;
  /**
   * What stands below the line: interrupts of the device's receive queues, or, for a device that has none (veth with GRO),
   * NET_RX softirqs of the whole host: more than its own, so that the figure is at least so high.
   */
  readonly basis?: "interrupts" | "net-rx-softirqs" | undefined;
  readonly packets: number;
  /** Why this mode, or why none can be told. */
  readonly because: string;
}

type Reading = Pick<NetworkReading, "cpus" | "interruptCpus" | "nics">;

/** One poll takes at most 64 packets (NAPI_POLL_WEIGHT): more than that per interrupt means polls that did not end it. */
const weight = 64;
/** A quarter of a poll: above it, interrupts that the device delays and short polling cannot be told apart. */
const few = 16;
/** Nothing delays a virtual device's softirqs: half a poll on average is mostly full polls (measured: 55 at 72 % full). */
const halfPoll = 32;
/** Fewer packets than this tell nothing. */
const enough = 2 * weight;

/** Counters of /proc are 32 bits wide. */
const moved = (before: number, after: number): number => (after - before + 2 ** 32) % 2 ** 32;

/** How interface `name` was served between two readings of the same namespace. */
export function packetsPerInterrupt(before: Reading, after: Reading, name: string): PacketsPerInterrupt {
  const [then, now] = [before, after].map(({ nics }) => nics.find((nic) => nic.name === name));
  const packets = Number(now?.statistics.rx_packets ?? 0) - Number(then?.statistics.rx_packets ?? 0);
  const unknown = (because: string): PacketsPerInterrupt => ({ mode: "unknown", packets, because });
  if (!then || !now) return unknown("the interface is not in both readings");
  if (packets < enough) return unknown(`${packets} packets are too few to tell`);
  if (now.irqs !== undefined) {
    const interrupts = movedInterrupts(before, after, then, now);
    return interrupts === undefined ? unknown("CPUs or interrupts changed meanwhile") : judgeIrqs(packets, interrupts);
  }
  if ((now.napis ?? []).length === 0) return unknown("it has neither interrupts nor NAPI instances that can be seen");
  if (now.napis!.some(({ threadPid }) => threadPid !== undefined)) return unknown("it polls in threads of its own");
  return judgeSoftirqs(packets, before, after);
}

/** Interrupts that may have brought packets: all of the device but those known to be for sending or control. */
function movedInterrupts(
  before: Reading,
  after: Reading,
  then: NetworkInterface,
  now: NetworkInterface,
): number | undefined {
  if (String(before.interruptCpus) !== String(after.interruptCpus)) return undefined;
  let sum = 0;
  for (const { irq, role, counts } of now.irqs ?? []) {
    if (role?.serves === "tx" || role?.serves === "control") continue;
    const earlier = then.irqs?.find((one) => one.irq === irq);
    if (!earlier || earlier.counts.length !== counts.length) return undefined;
    for (const [i, count] of counts.entries()) sum += moved(earlier.counts[i]!, count);
  }
  return sum;
}

function judgeIrqs(packets: number, interrupts: number): PacketsPerInterrupt {
  const basis = "interrupts";
  if (interrupts === 0)
    return { mode: "polling", basis, packets, because: `${packets} packets came without an interrupt` };
  const figure = packets / interrupts;
  const told = { basis, packets, figure } as const;
  if (figure > weight)
    return {
      ...told,
      mode: "polling",
      because: `one poll takes ${weight} at most: interrupts stayed off over several`,
    };
  if (figure <= few) return { ...told, mode: "interrupt-driven", because: "a few packets per interrupt" };
  return { ...told, mode: "unknown", because: "delayed interrupts and short polling look alike here" };
}

function judgeSoftirqs(packets: number, before: Reading, after: Reading): PacketsPerInterrupt {
  let [softirqs, processed] = [0, 0];
  for (const { cpu, softirqs: now, softnet } of after.cpus) {
    const then = before.cpus.find((one) => one.cpu === cpu);
    if (now?.netRx !== undefined && then?.softirqs?.netRx !== undefined)
      softirqs += moved(then.softirqs.netRx, now.netRx);
    if (softnet && then?.softnet) processed += moved(then.softnet.processed, softnet.processed);
  }
  const told = { basis: "net-rx-softirqs", packets } as const;
  if (softirqs === 0) return { ...told, mode: "unknown", because: "NET_RX softirqs cannot be counted" };
  const figure = packets / softirqs;
  if (figure >= halfPoll)
    return { ...told, figure, mode: "polling", because: `half a poll of ${weight} or more per softirq` };
  // Other interfaces and namespaces raise NET_RX too. Only where the host processed about what this interface
  // received were the softirqs its own.
  const alone = Math.abs(processed - packets) <= packets / 4;
  if (figure <= 2 && alone)
    return { ...told, figure, mode: "interrupt-driven", because: "one or two packets per softirq" };
  return { ...told, figure, mode: "unknown", because: "NET_RX was raised for other traffic, or packets were merged" };
}
