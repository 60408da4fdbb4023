// /proc/net/netstat: TcpExt, IpExt, MPTcpExt (net/ipv4/proc.c netstat_seq_show, net/mptcp/mib.c). Per network namespace.
import { type ProtocolTable, parseCounterPairs } from "./counter-pairs.js";
import { openCounterFile } from "./counter-file.js";
import { type From, type KeptReading, processPath, readText } from "./proc-root.js";

/**
 * The extended counters of the network namespace, since it exists: `readNetstat()?.TcpExt?.ListenOverflows`.
 * `undefined` where /proc/net/netstat cannot be read; a name that this kernel lacks is absent.
 */
export function readNetstat(from: From = {}): ProtocolTable | undefined {
  const text = readText(processPath(from, "net/netstat"));
  return text === undefined ? undefined : parseNetstat(text);
}

export const parseNetstat = (text: string): ProtocolTable => parseCounterPairs(text);

/** The same over a descriptor that stays open, in a third of the time; what `read` returns shows the last reading. */
export const openNetstat = (from: From = {}): KeptReading<ProtocolTable> =>
  openCounterFile(processPath(from, "net/netstat"));
