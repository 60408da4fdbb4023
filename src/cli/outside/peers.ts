// What else is known of the addresses that sockets in SYN-SENT wait for: other connections there, when they were last heard.
import type { InetDiagSocket } from "../../kernel/index.js";
import type { ConnectionReading, PeerReading } from "../../snapshot/connection.js";

export interface Peers {
  /** A new look begins. */
  begin(): void;
  see(socket: InetDiagSocket): void;
  /** Of those that these wait for. */
  of(rows: readonly ConnectionReading[]): readonly PeerReading[] | undefined;
}

/** More are not remembered: what waits for a peer beyond stays unknown. */
const mostPeers = 1024;

export const createPeers = (): Peers => {
  /** Address → ms since it was heard; `address port` → cookies of connections there. */
  let heard = new Map<string, number>();
  let open = new Map<string, Set<bigint>>();
  let before: ReadonlyMap<string, ReadonlySet<bigint>> | undefined;
  /** Somebody waits, and did so when this look began: only then it is worth while. */
  let wanted = false;
  let gathers = false;
  const opened = (place: string): number => {
    const known = before?.get(place);
    return before ? [...(open.get(place) ?? [])].filter((cookie) => !known?.has(cookie)).length : 0;
  };
  return {
    begin: () => {
      before = gathers ? open : undefined;
      gathers = wanted;
      wanted = false;
      heard = new Map();
      open = new Map();
    },
    see: (socket) => {
      const { state, remotePort } = socket;
      if (!gathers || remotePort === 0 || state === "SYN-SENT") return;
      const { remoteAddress, cookie, tcpInfo } = socket;
      const ms = tcpInfo?.lastAckRecvMs;
      if (ms === undefined) return;
      if (heard.size < mostPeers || heard.has(remoteAddress))
        heard.set(remoteAddress, Math.min(ms, heard.get(remoteAddress) ?? ms));
      const place = `${remoteAddress} ${remotePort}`;
      const cookies = open.get(place);
      if (cookies) cookies.add(cookie);
      else if (open.size < mostPeers) open.set(place, new Set([cookie]));
    },
    of: (rows) => {
      const waiting = rows.filter(({ state }) => state === "SYN-SENT");
      if (waiting.length === 0) return undefined;
      wanted = true;
      if (!gathers) return undefined;
      const places = new Map(waiting.map((row) => [`${row.remoteAddress} ${row.remotePort}`, row]));
      return [...places].map(([place, { remoteAddress: address = "", remotePort: port = 0 }]) => ({
        address,
        port,
        opened: opened(place),
        lastHeardMs: heard.get(address),
      }));
    },
  };
};
