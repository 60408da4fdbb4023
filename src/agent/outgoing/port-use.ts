// How many local ports are taken against one address and port, in the whole network namespace (sock_diag(7); net/ipv4/
// inet_hashtables.c __inet_hash_connect: a port may be used once for each pair of local and remote address and port).
// Walks the namespace's table: asked only where connect(2) has found no port.
import type { Diag } from "../../kernel/diag.js";
import { readSysctl } from "../../kernel/sysctl.js";
import type { PortUseReading } from "../../snapshot/connection.js";
import type { TcpState } from "../../snapshot/tcp-state.js";

const holding: readonly TcpState[] = [
  "ESTAB",
  "SYN-SENT",
  "FIN-WAIT-1",
  "FIN-WAIT-2",
  "TIME-WAIT",
  "CLOSE-WAIT",
  "LAST-ACK",
  "CLOSING",
];

interface Use {
  inUse: number;
  timeWait: number;
}

export const readPortUse = (diag: Pick<Diag, "each">, address: string, port: number): PortUseReading | undefined => {
  const [low, high] = readSysctl("net.ipv4.ip_local_port_range") ?? [];
  if (low === undefined || high === undefined) return undefined;
  const uses = new Map<string, Use>();
  diag.each({ remotePorts: [port], remoteAddress: address, states: holding, attributes: [] }, (socket) => {
    const { localAddress, localPort, state } = socket;
    if (localPort < low || localPort > high) return;
    const use = uses.get(localAddress) ?? { inUse: 0, timeWait: 0 };
    uses.set(localAddress, use);
    use.inUse += 1;
    if (state === "TIME-WAIT") use.timeWait += 1;
  });
  const [most] = [...uses.values()].toSorted((a, b) => b.inUse - a.inUse);
  return { address, port, range: high - low + 1, inUse: most?.inUse ?? 0, timeWait: most?.timeWait ?? 0 };
};
