// Which sockets of a dump are worth a row: something waits, a timer runs, something was dropped or has just arrived. Told
// from the raw message, since most sockets of a big server are idle.
import type { InetDiagSocket } from "../../kernel/index.js";

export interface Shown {
  wants(socket: InetDiagSocket, transport: "tcp" | "udp", at: number): boolean;
  /** Forgets what was not worth a look for long. */
  forget(at: number): void;
}

/** A socket stays so long after it was worth a look: how it went on belongs to the story. */
const lingerMs = 3000;
/** What arrived within this time is a transfer that our own window may hold back. */
const recentMs = 1000;

const isWaiting = (socket: InetDiagSocket): boolean =>
  socket.rqueue > 0 || socket.wqueue > 0 || socket.timer !== 0 || socket.state !== "ESTAB";

const isWorthALook = (socket: InetDiagSocket, transport: "tcp" | "udp"): boolean => {
  if (transport === "udp") return true;
  if (isWaiting(socket)) return true;
  const { memInfo, tcpInfo } = socket;
  if ((memInfo?.rmemAlloc ?? 0) > 0 || (memInfo?.drops ?? 0) > 0) return true;
  return (tcpInfo?.lastDataRecvMs ?? Infinity) < recentMs || (tcpInfo?.probes ?? 0) > 0;
};

export const createShown = (): Shown => {
  /** Cookie → when it was last worth a look. */
  const seen = new Map<bigint, number>();
  return {
    wants: (socket, transport, at) => {
      const { cookie } = socket;
      if (isWorthALook(socket, transport)) seen.set(cookie, at);
      return seen.has(cookie);
    },
    forget: (at) => {
      for (const [cookie, last] of seen) if (at - last > lingerMs) seen.delete(cookie);
    },
  };
};
