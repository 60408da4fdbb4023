// /proc/net/sockstat and sockstat6 (net/ipv4/proc.c sockstat_seq_show, net/ipv6/proc.c).
import { openReader } from "./proc-reader.js";
import { type From, type KeptReading, processPath, readText } from "./proc-root.js";

/**
 * Protocol as the kernel spells it (`sockets`, `TCP`, `UDP`, `UDPLITE`, `RAW`, `FRAG`, `TCP6`, …) → name → number.
 * `TCP.inuse` and `tw` are sockets of the network namespace; `orphan`, `alloc` and `mem` are of the whole host.
 * `mem` is in pages, `FRAG.memory` in bytes.
 */
export type Sockstat = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** Sockets by protocol, both families; `undefined` where /proc/net/sockstat cannot be read. */
export function readSockstat(from: From = {}): Sockstat | undefined {
  const text = readText(processPath(from, "net/sockstat"));
  if (text === undefined) return undefined;
  return parseSockstat(`${text}\n${readText(processPath(from, "net/sockstat6")) ?? ""}`);
}

/** The same over descriptors that stay open. */
export function openSockstat(from: From = {}): KeptReading<Sockstat> {
  const [four, six] = ["net/sockstat", "net/sockstat6"].map((file) => openReader(processPath(from, file)));
  return {
    close: () => {
      four!.close();
      six!.close();
    },
    read: () => {
      const text = four!.read();
      return text === undefined ? undefined : parseSockstat(`${text}\n${six!.read() ?? ""}`);
    },
  };
}

/** Total: lines and pairs that cannot be understood are left out. */
export function parseSockstat(text: string): Sockstat {
  const table: [string, Readonly<Record<string, number>>][] = [];
  for (let at = 0; at < text.length; ) {
    const newline = text.indexOf("\n", at);
    const end = newline < 0 ? text.length : newline;
    const space = text.indexOf(" ", at);
    const gap = space < 0 || space > end ? end : space;
    // A name and its colon.
    if (gap - at >= 2 && text[gap - 1] === ":") table.push([text.slice(at, gap - 1), pairsOf(text, gap + 1, end)]);
    at = end + 1;
  }
  return Object.fromEntries(table);
}

// NAME NUMBER NAME NUMBER …
function pairsOf(text: string, from: number, end: number): Record<string, number> {
  const pairs: Record<string, number> = {};
  for (let at = from; at < end; ) {
    const gap = text.indexOf(" ", at);
    if (gap < 0 || gap >= end) break;
    const space = text.indexOf(" ", gap + 1);
    const next = space < 0 || space > end ? end : space;
    const value = decimal(text, gap + 1, next);
    if (gap > at && value !== undefined) pairs[text.slice(at, gap)] = value;
    at = next + 1;
  }
  return pairs;
}

function decimal(text: string, from: number, end: number): number | undefined {
  const negative = text[from] === "-";
  const first = negative ? from + 1 : from;
  if (first >= end) return undefined;
  let value = 0;
  for (let at = first; at < end; at++) {
    const digit = text.charCodeAt(at) - 48;
    if (digit < 0 || digit > 9) return undefined;
    value = value * 10 + digit;
  }
  // Digit by digit it is rounded more than once.
  if (value > Number.MAX_SAFE_INTEGER) return Number(text.slice(from, end));
  return negative ? -value : value;
}
