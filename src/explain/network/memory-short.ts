// Whether memory for sockets is short, by the last look below them: what a rule about one socket needs to know. Pure.
import type { NetworkReading } from "../../snapshot/network.js";
import { bytes } from "../format.js";
import type { Thresholds } from "../thresholds.js";

/** SOCK_MIN_SNDBUF: what the send buffer falls to when a memory limit presses. */
export const collapsedSndbufBytes = 4608;

/** Above tcp_mem's second number. */
export const isTcpMemoryShort = ({ tcpMemory }: NetworkReading): boolean =>
  tcpMemory?.pages !== undefined && tcpMemory.limits !== undefined && tcpMemory.pages >= tcpMemory.limits.pressure;

/** v1: TCP's own limit is reached. (v2 counts all memory against one limit, which files fill too.) */
export const isCgroupFull = ({ cgroupMemory }: NetworkReading, { memoryFullShare }: Thresholds): boolean =>
  cgroupMemory?.version === 1 &&
  typeof cgroupMemory.limitBytes === "number" &&
  (cgroupMemory.usageBytes ?? 0) >= memoryFullShare * cgroupMemory.limitBytes;

export interface MemoryState {
  /** As a clause, with the figures: `the cgroup's TCP buffers hold 1 MB of 1 MB`. */
  readonly told: string;
  readonly isShort: boolean;
}

/** `undefined`: nothing is known of it. */
export const memoryStateOf = (reading: NetworkReading | undefined, thresholds: Thresholds): MemoryState | undefined => {
  const { cgroupMemory, tcpMemory } = reading ?? {};
  if (reading && isCgroupFull(reading, thresholds)) {
    const { usageBytes = 0, limitBytes } = cgroupMemory!;
    return {
      isShort: true,
      told: `the cgroup's TCP buffers hold ${bytes(usageBytes)} of ${bytes(Number(limitBytes))}`,
    };
  }
  if (tcpMemory?.pages === undefined || !tcpMemory.limits) return undefined;
  const { pages, limits, pageBytes = 4096 } = tcpMemory;
  const isShort = pages >= limits.pressure;
  return {
    isShort,
    told: `the host's TCP buffers hold ${bytes(pages * pageBytes)}, pressure begins at ${bytes(limits.pressure * pageBytes)}`,
  };
};
