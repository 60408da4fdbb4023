// The accept queue of one own listener: TCP_INFO and SO_MEMINFO (net/ipv4/tcp.c tcp_get_info), unix: unix_diag.
import { sharedDiag } from "./diag.js";
import { glanceAt } from "./read-one.js";
import { readingMask } from "./socket-row.js";
import type { ListenerQueue } from "./socket-reading.js";
import type { Target } from "./target.js";

export type { ListenerQueue };

const tcp = readingMask(["tcpInfo", "memInfo"]);
const unix = readingMask(["domain", "listening", "inode"]);

function readUnixListener(target: Target): ListenerQueue | undefined {
  const row = glanceAt(target, unix);
  if (row?.domain !== "unix" || !row.listening || row.inode === undefined) return undefined;
  const listener = sharedDiag()?.unixListener(row.inode);
  return listener && { length: listener.length, limit: listener.limit };
}

/** Two getsockopts, or one exact unix_diag query. `undefined`: not listening, closed, not readable here. */
export function readListener(target: Target): ListenerQueue | undefined {
  const row = glanceAt(target, tcp);
  return row?.acceptQueue() ?? (row?.has("tcpInfo") === false ? readUnixListener(target) : undefined);
}
