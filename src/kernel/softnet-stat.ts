// /proc/net/softnet_stat: receive work per CPU (net/core/net-procfs.c softnet_seq_show). Of the whole host.
import type { SoftnetCpu } from "../snapshot/network.js";
import { openReader } from "./proc-reader.js";
import { type From, type KeptReading, processPath, readText } from "./proc-root.js";

export type { SoftnetCpu };

/** A kernel prints 9, 10, 11, 13 or 15; a line cut in between is read as the next narrower, a wider one as 15. */
const widths = [15, 13, 11, 10, 9];
const [blank, tab, carriageReturn] = [0x20, 0x09, 0x0d];

/** Receive work of every CPU; `undefined` where /proc/net/softnet_stat cannot be read. */
export function readSoftnet(from: From = {}): readonly SoftnetCpu[] | undefined {
  const text = readText(processPath(from, "net/softnet_stat"));
  return text === undefined ? undefined : parseSoftnet(text);
}

/** The same over a descriptor that stays open. */
export function openSoftnet(from: From = {}): KeptReading<readonly SoftnetCpu[]> {
  const reader = openReader(processPath(from, "net/softnet_stat"));
  return {
    close: reader.close,
    read: () => {
      const text = reader.read();
      return text === undefined ? undefined : parseSoftnet(text);
    },
  };
}

/** Total: a line with fewer than nine columns, or with anything but hexadecimal numbers, is left out. */
export function parseSoftnet(text: string): readonly SoftnetCpu[] {
  const cpus: SoftnetCpu[] = [];
  for (let at = 0; at < text.length; ) {
    const newline = text.indexOf("\n", at);
    const end = newline < 0 ? text.length : newline;
    const words = hexadecimals(text, at, end);
    const width = words && widths.find((known) => words.length >= known);
    if (words && width !== undefined) cpus.push(cpuOf(words, width));
    at = end + 1;
  }
  return cpus;
}

function cpuOf(words: readonly number[], width: number): SoftnetCpu {
  const column = (at: number): number | undefined => (at < width ? words[at] : undefined);
  return {
    cpu: column(12),
    processed: words[0]!,
    dropped: words[1]!,
    timeSqueeze: words[2]!,
    // 3 to 8: zero, or no longer filled.
    receivedRps: column(9),
    flowLimitCount: column(10),
    softnetBacklogLength: column(11),
    inputQueueLength: column(13),
    processQueueLength: column(14),
  };
}

// Words between blanks, each of 32 bits at most; `undefined`: one is no such number.
function hexadecimals(text: string, from: number, end: number): readonly number[] | undefined {
  const words: number[] = [];
  let value = 0;
  let digits = 0;
  for (let at = from; at <= end; at++) {
    const code = at < end ? text.charCodeAt(at) : blank;
    if (code === blank || code === tab || code === carriageReturn) {
      if (digits > 8) return undefined;
      if (digits > 0) words.push(value);
      value = 0;
      digits = 0;
      continue;
    }
    const digit = code <= 0x39 ? code - 0x30 : (code | 0x20) - 0x57;
    if (digit < 0 || digit > 15 || (code > 0x39 && digit < 10)) return undefined;
    value = value * 16 + digit;
    digits++;
  }
  return words;
}
