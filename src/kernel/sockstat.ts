// /proc/net/sockstat and sockstat6 (net/ipv4/proc.c sockstat_seq_show, net/ipv6/proc.c).
import { type From, processPath, readText } from "./proc-root.js";

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

/** Total: lines and pairs that cannot be understood are left out. */
export function parseSockstat(text: string): Sockstat {
  const table: [string, Readonly<Record<string, number>>][] = [];
  for (const line of text.split("\n")) {
    const [protocol, ...words] = line.split(" ");
    if (!/.:$/.test(protocol ?? "")) continue;
    const pairs: [string, number][] = [];
    for (let at = 0; at + 1 < words.length; at += 2) {
      if (words[at] !== "" && /^-?\d+$/.test(words[at + 1]!)) pairs.push([words[at]!, Number(words[at + 1])]);
    }
    table.push([protocol!.slice(0, -1), Object.fromEntries(pairs)]);
  }
  return Object.fromEntries(table);
}
