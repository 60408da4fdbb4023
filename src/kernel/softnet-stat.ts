// /proc/net/softnet_stat: receive work per CPU (net/core/net-procfs.c softnet_seq_show). Of the whole host.
import { type From, processPath, readText } from "./proc-root.js";

/** One CPU's line. Counters are 32 bits wide and wrap. Columns that this kernel does not print are `undefined`. */
export interface SoftnetCpu {
  /**
   * The CPU's number. Lines of fewer than 13 columns (before about 5.10) lack it, and as offline CPUs have no line,
   * the line's place does not tell it: `undefined`.
   */
  readonly cpu: number | undefined;
  /** Packets handed to the protocols, after GRO. */
  readonly processed: number;
  /** Packets dropped because this CPU's softnet backlog was full (netdev_max_backlog). */
  readonly dropped: number;
  /** Runs of net_rx_action that left work behind: budget or time was used up. No loss by itself. */
  readonly timeSqueeze: number;
  /** Interrupts received from other CPUs that steer packets here (RPS). */
  readonly receivedRps: number | undefined;
  /** Packets dropped by the flow limit. */
  readonly flowLimitCount: number | undefined;
  /** Packets in the softnet backlog now: input and process queue. */
  readonly softnetBacklogLength: number | undefined;
  readonly inputQueueLength: number | undefined;
  readonly processQueueLength: number | undefined;
}

/** A kernel prints 9, 10, 11, 13 or 15; a line cut in between is read as the next narrower, a wider one as 15. */
const widths = [15, 13, 11, 10, 9];

/** Receive work of every CPU; `undefined` where /proc/net/softnet_stat cannot be read. */
export function readSoftnet(from: From = {}): readonly SoftnetCpu[] | undefined {
  const text = readText(processPath(from, "net/softnet_stat"));
  return text === undefined ? undefined : parseSoftnet(text);
}

/** Total: a line with fewer than nine columns, or with anything but hexadecimal numbers, is left out. */
export function parseSoftnet(text: string): readonly SoftnetCpu[] {
  return text.split("\n").flatMap((line) => {
    const words = line.trim().split(/\s+/);
    const width = widths.find((known) => words.length >= known);
    if (width === undefined || !words.every((word) => /^[0-9a-f]{1,8}$/i.test(word))) return [];
    const column = (at: number): number | undefined => (at < width ? Number.parseInt(words[at]!, 16) : undefined);
    const [processed, dropped, timeSqueeze] = words.map((word) => Number.parseInt(word, 16));
    return [
      {
        cpu: column(12),
        processed: processed!,
        dropped: dropped!,
        timeSqueeze: timeSqueeze!,
        // 3 to 8: zero, or no longer filled.
        receivedRps: column(9),
        flowLimitCount: column(10),
        softnetBacklogLength: column(11),
        inputQueueLength: column(13),
        processQueueLength: column(14),
      },
    ];
  });
}
