// Connections that we closed first leave a small timewait socket for tcp_fin_timeout. The peer's FIN makes it wait on;
// data is answered with RST and removes it (net/ipv4/tcp_minisocks.c tcp_timewait_state_process): no event tells of that.
// So when the namespace has sent RSTs, those that were left lately are asked for one by one, some 3 µs each.
import type { Diag } from "../../kernel/diag.js";
import { readSysctl } from "../../kernel/sysctl.js";
import type { ClosedReading } from "../../snapshot/connection.js";

export interface Timewaits {
  /** A connection that was closed by us, in order so far. */
  add(closed: ClosedReading, at: number): void;
  /** Those that are gone before their time, not more than RSTs were sent. */
  gone(at: number, resets: number): readonly ClosedReading[];
}

/** Remembered at a time; and for how long at most: a client that sends later has not looked at the connection for long. */
const keptAtMost = 256;
const keptMs = 10_000;

/** Half of the time that they stand by themselves. */
const lifeMs = (): number => Math.min(keptMs, 500 * (readSysctl("net.ipv4.tcp_fin_timeout")?.[0] ?? 0));

export const createTimewaits = (diag: Pick<Diag, "get">, life: () => number = lifeMs): Timewaits => {
  const waiting = new Map<ClosedReading, number>();

  const stateOf = ({ localAddress = "", localPort = 0, remoteAddress, remotePort }: ClosedReading) =>
    diag.get({ localAddress, localPort, remoteAddress, remotePort })?.state;

  return {
    add(closed, at) {
      if (waiting.size < keptAtMost) waiting.set(closed, at);
    },
    gone(at, resets) {
      const latest = waiting.size === 0 ? 0 : at - life();
      for (const [closed, since] of waiting) if (since < latest) waiting.delete(closed);
      if (resets <= 0) return [];
      const found: ClosedReading[] = [];
      for (const closed of waiting.keys()) {
        const state = stateOf(closed);
        if (state === "FIN-WAIT-2") continue;
        waiting.delete(closed);
        // Where nothing is left of a connection, the kernel answers with its listener.
        const isGone = state === undefined || state === "LISTEN";
        if (isGone && found.length < resets) found.push({ ...closed, answeredWithReset: true });
      }
      return found;
    },
  };
};
