// Pairs of a header line and a value line, as /proc/net/netstat and /proc/net/snmp print them (net/ipv4/proc.c).
import type { CounterName } from "../snapshot/snapshot.js";

/**
 * Counters of one protocol by the kernel's own names, unknown ones kept, absent ones absent. Names ending in
 * `Octets` are `bigint` (they pass 2^53), all others `number`.
 */
export type ProtocolCounters = Readonly<Partial<Record<CounterName, number>>> & {
  readonly [name: `${string}Octets`]: bigint | undefined;
  readonly [name: string]: number | bigint | undefined;
};

/** Protocol (`TcpExt`, `IpExt`, `Tcp`, …) → counters. */
export type ProtocolTable = Readonly<Record<string, ProtocolCounters>>;

/** Total: whatever cannot be understood is left out. Columns are joined by position, as far as both lines go. */
export function parseCounterPairs(text: string): ProtocolTable {
  const lines = text.split("\n");
  const table: [string, ProtocolCounters][] = [];
  for (let at = 0; at + 1 < lines.length; at += 1) {
    const [protocol, ...names] = lines[at]!.split(" ");
    const [again, ...values] = lines[at + 1]!.split(" ");
    if (protocol === undefined || !/.:$/.test(protocol) || protocol !== again) continue;
    table.push([protocol.slice(0, -1), join(names, values)]);
    at += 1;
  }
  return Object.fromEntries(table);
}

function join(names: readonly string[], values: readonly string[]): ProtocolCounters {
  const entries: [string, number | bigint][] = [];
  for (const [at, name] of names.entries()) {
    const value = values[at];
    if (name === "" || value === undefined || !/^-?\d+$/.test(value)) continue;
    entries.push([name, name.endsWith("Octets") ? BigInt(value) : Number(value)]);
  }
  return Object.fromEntries(entries) as ProtocolCounters;
}
