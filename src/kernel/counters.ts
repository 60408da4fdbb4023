// The counters the accept path moves, out of /proc/net/netstat and /proc/net/snmp (net/ipv4/proc.c), read many times a second.
import { type CounterName, type Counters, counterNames } from "../snapshot/snapshot.js";
import { openCounterFile } from "./counter-file.js";
import { type From, type KeptReading, once, processPath } from "./proc-root.js";

const files = [
  ["net/netstat", "TcpExt"],
  ["net/snmp", "Tcp"],
] as const;

/** The accept path's counters of a network namespace, cumulative; names that this kernel lacks are absent. */
export function readCounters(from: From = {}): Counters | undefined {
  return once(openCounters(from));
}

/** The same over descriptors that stay open. They hold the network namespace of `from.pid` alive until `close()`. */
export function openCounters(from: From = {}): KeptReading<Counters> {
  const parts = files.map(([file, protocol]) => ({
    protocol,
    file: openCounterFile(processPath(from, file), from.ahead),
  }));
  return {
    close: () => {
      for (const { file } of parts) file.close();
    },
    read: () => {
      const found: { [name in CounterName]?: number } = {};
      let any = false;
      for (const { file, protocol } of parts) {
        const table = file.read();
        if (table === undefined) continue;
        any = true;
        const counters = table[protocol];
        for (const name of counterNames) {
          const value = counters?.[name];
          if (value !== undefined) found[name] = value;
        }
      }
      return any ? found : undefined;
    },
  };
}
