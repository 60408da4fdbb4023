// /proc/net/snmp: Ip, Icmp, Tcp, Udp, UdpLite (net/ipv4/proc.c snmp_seq_show). Per network namespace.
import { type ProtocolTable, parseCounterPairs } from "./counter-pairs.js";
import { openCounterFile } from "./counter-file.js";
import { type From, type KeptReading, processPath, readText } from "./proc-root.js";

/**
 * The MIB counters of the network namespace: `readSnmp()?.Tcp?.PassiveOpens`. Tcp and Udp count IPv4 and IPv6 together
 * (Udp: IPv4 alone). `Tcp.MaxConn` is -1, `Tcp.CurrEstab` a gauge. `undefined` where it cannot be read.
 */
export function readSnmp(from: From = {}): ProtocolTable | undefined {
  const text = readText(processPath(from, "net/snmp"));
  return text === undefined ? undefined : parseSnmp(text);
}

export const parseSnmp = (text: string): ProtocolTable => parseCounterPairs(text);

/** The same over a descriptor that stays open, in a third of the time; what `read` returns shows the last reading. */
export const openSnmp = (from: From = {}): KeptReading<ProtocolTable> => openCounterFile(processPath(from, "net/snmp"));
