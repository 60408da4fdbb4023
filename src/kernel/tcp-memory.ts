// TCP's memory against its limits: sockstat's `mem` and `orphan`, net.ipv4.tcp_mem, tcp_max_orphans (tcp(7)).
// All of the whole host, although sockstat is read in a network namespace.
import type { TcpMemory, TcpMemoryLimits } from "../snapshot/network.js";
import { readPageBytes } from "./page-size.js";
import { openParsed } from "./proc-reader.js";
import { type From, type KeptReading, once, procPath, processPath } from "./proc-root.js";
import { parseSockstat } from "./sockstat.js";
import { parseSysctl } from "./sysctl.js";

export type { TcpMemory, TcpMemoryLimits };

/** TCP's memory on this host; `undefined` where sockstat cannot be read. */
export function readTcpMemory(from: From = {}): TcpMemory | undefined {
  return once(openTcpMemory(from));
}

/** The same over descriptors that stay open. */
export function openTcpMemory(from: From = {}): KeptReading<TcpMemory> {
  const sockstat = openParsed(processPath(from, "net/sockstat"), parseSockstat, from.ahead);
  // Of the host, so read where the reader stands: `from.pid` may live where they are not shown.
  const setting = (name: string) => openParsed(procPath(from, `sys/net/ipv4/${name}`), parseSysctl, from.ahead);
  const limits = setting("tcp_mem");
  const orphans = setting("tcp_max_orphans");
  const pageBytes = readPageBytes(from);
  return {
    close: () => {
      for (const reader of [sockstat, limits, orphans]) reader.close();
    },
    read: () => {
      const tcp = sockstat.read()?.TCP;
      if (tcp === undefined) return undefined;
      return {
        pages: tcp.mem,
        limits: limitsOf(limits.read()),
        pageBytes,
        orphans: tcp.orphan,
        maxOrphans: orphans.read()?.[0],
      };
    },
  };
}

function limitsOf(numbers: readonly number[] | undefined): TcpMemoryLimits | undefined {
  const [low, pressure, high] = numbers ?? [];
  return low === undefined || pressure === undefined || high === undefined ? undefined : { low, pressure, high };
}
