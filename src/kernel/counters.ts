// The counters the accept path moves, out of /proc/net/netstat and /proc/net/snmp (net/ipv4/proc.c).
// Read many times a second: files stay open, and where the header is the known one, columns are found by position.
import { type CounterName, type Counters, counterNames } from "../snapshot/snapshot.js";
import { openReader } from "./proc-reader.js";
import { type From, type KeptReading, once, processPath } from "./proc-root.js";

const files = [
  ["net/netstat", "TcpExt:"],
  ["net/snmp", "Tcp:"],
] as const;

/** The accept path's counters of a network namespace, cumulative; names that this kernel lacks are absent. */
export function readCounters(from: From = {}): Counters | undefined {
  return once(openCounters(from));
}

/** The same over descriptors that stay open. They hold the network namespace of `from.pid` alive until `close()`. */
export function openCounters(from: From = {}): KeptReading<Counters> {
  const parts = files.map(([file, protocol]) => {
    const reader = openReader(processPath(from, file));
    return { reader, parse: createLineParser(protocol) };
  });
  return {
    close: () => {
      for (const { reader } of parts) reader.close();
    },
    read: () => {
      const found: { [name in CounterName]?: number } = {};
      let any = false;
      for (const { reader, parse } of parts) {
        const text = reader.read();
        if (text === undefined) continue;
        any = true;
        parse(text, found);
      }
      return any ? found : undefined;
    },
  };
}

type LineParser = (text: string, into: { [name in CounterName]?: number }) => void;

/** A parser of one protocol's line pair that remembers the header: it never changes while the kernel runs. */
export function createLineParser(protocol: string): LineParser {
  let header = "";
  let columns: readonly (CounterName | undefined)[] = [];
  return (text, into) => {
    const start = text.startsWith(`${protocol} `) ? 0 : text.indexOf(`\n${protocol} `) + 1;
    if (start === 0 && !text.startsWith(`${protocol} `)) return;
    if (header === "" || !text.startsWith(header, start)) {
      const end = text.indexOf("\n", start);
      if (end < 0) return;
      header = text.slice(start, end + 1);
      const names = header.trimEnd().split(" ");
      const found = names.map((name) => counterNames.find((wanted) => wanted === name));
      columns = found.slice(0, found.findLastIndex((name) => name !== undefined) + 1);
    }
    readColumns(text, start + header.length, protocol, columns, into);
  };
}

function readColumns(
  text: string,
  start: number,
  protocol: string,
  columns: readonly (CounterName | undefined)[],
  into: { [name in CounterName]?: number },
): void {
  if (!text.startsWith(`${protocol} `, start)) return;
  const newline = text.indexOf("\n", start);
  const stop = newline < 0 ? text.length : newline;
  let at = start;
  for (const name of columns) {
    if (at >= stop) return;
    const space = text.indexOf(" ", at);
    const end = space < 0 || space > stop ? stop : space;
    if (name !== undefined) {
      const value = text.slice(at, end);
      if (/^\d+$/.test(value)) into[name] = Number(value);
    }
    at = end + 1;
  }
}
