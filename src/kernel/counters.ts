// The counters the accept path moves, out of /proc/net/netstat and /proc/net/snmp (net/ipv4/proc.c), read many times a second.
import { type Counters, counterNames } from "../snapshot/snapshot.js";
import { createCounterParser } from "./counter-file.js";
import { openDecoded } from "./proc-reader.js";
import { type From, type KeptReading, once, processPath } from "./proc-root.js";

const files = [
  ["net/netstat", "TcpExt"],
  ["net/snmp", "Tcp"],
] as const;

/** The accept path's counters of a network namespace, cumulative; names that this kernel lacks are absent. */
export function readCounters(from: From = {}): Counters | undefined {
  return once(openCounters(from));
}

/**
 * The same over descriptors that stay open, the very same object where nothing has changed. They hold the network namespace
 * of `from.pid` alive until `close()`.
 */
export function openCounters(from: From = {}): KeptReading<Counters> {
  const parts = files.map(([file, protocol]) => openDecoded(processPath(from, file), decoderOf(protocol), from.ahead));
  let found: readonly (Counters | undefined)[] = [];
  let all: Counters | undefined;
  return {
    close: () => {
      for (const part of parts) part.close();
    },
    read: () => {
      const now = parts.map((part) => part.read());
      if (now.some((part, i) => part !== found[i]))
        all = now.every((part) => !part) ? undefined : Object.assign({}, ...now);
      found = now;
      return all;
    },
  };
}

/** Of one file's bytes. */
const decoderOf = (protocol: (typeof files)[number][1]): ((bytes: Buffer, size: number) => Counters) => {
  const parse = createCounterParser();
  return (bytes, size) => {
    const table = parse(bytes, size)[protocol];
    const known = counterNames.map((name) => [name, table?.[name]] as const);
    return Object.fromEntries(known.filter(([, value]) => value !== undefined));
  };
};
