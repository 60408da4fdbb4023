// /proc/net/softnet_stat: receive work per CPU (net/core/net-procfs.c softnet_seq_show). Of the whole host.
import type { SoftnetCpu } from "../snapshot/network.js";
import { type From, processPath, readText } from "./proc-root.js";

export type { SoftnetCpu };

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
