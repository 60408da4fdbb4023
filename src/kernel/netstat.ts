// /proc/net/netstat: TcpExt, IpExt, MPTcpExt (net/ipv4/proc.c netstat_seq_show, net/mptcp/mib.c). Per network namespace.
import { type ProtocolTable, parseCounterPairs } from "./counter-pairs.js";
import { type From, processPath, readText } from "./proc-root.js";

/**
 * The extended counters of the network namespace, since it exists: `readNetstat()?.TcpExt?.ListenOverflows`.
 * `undefined` where /proc/net/netstat cannot be read; a name that this kernel lacks is absent.
 */
export function readNetstat(from: From = {}): ProtocolTable | undefined {
  const text = readText(processPath(from, "net/netstat"));
  return text === undefined ? undefined : parseNetstat(text);
}

export const parseNetstat = (text: string): ProtocolTable => parseCounterPairs(text);
