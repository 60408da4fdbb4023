// TCP's memory against its limits: sockstat's `mem` and `orphan`, net.ipv4.tcp_mem, tcp_max_orphans (tcp(7)).
// All of the whole host, although sockstat is read in a network namespace.
import type { TcpMemory, TcpMemoryLimits } from "../snapshot/network.js";
import { readPageBytes } from "./page-size.js";
import { openReader } from "./proc-reader.js";
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
  const sockstat = openReader(processPath(from, "net/sockstat"));
  // Of the host, so read where the reader stands: `from.pid` may live where they are not shown.
  const limits = openReader(procPath(from, "sys/net/ipv4/tcp_mem"));
  const orphans = openReader(procPath(from, "sys/net/ipv4/tcp_max_orphans"));
  const pageBytes = readPageBytes(from);
  return {
    close: () => {
      for (const reader of [sockstat, limits, orphans]) reader.close();
    },
    read: () => {
      const tcp = parseSockstat(sockstat.read() ?? "").TCP;
      if (tcp === undefined) return undefined;
      return {
        pages: tcp.mem,
        limits: limitsOf(parseSysctl(limits.read() ?? "")),
        pageBytes,
        orphans: tcp.orphan,
        maxOrphans: parseSysctl(orphans.read() ?? "")?.[0],
      };
    },
  };
}

function limitsOf(numbers: readonly number[] | undefined): TcpMemoryLimits | undefined {
  const [low, pressure, high] = numbers ?? [];
  return low === undefined || pressure === undefined || high === undefined ? undefined : { low, pressure, high };
}
