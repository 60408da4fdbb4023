// Keep-alive (net/ipv4/tcp_timer.c: tcp_keepalive_timer; tcp_output.c: tcp_write_wakeup): a peer that was silent for long
// enough is asked again and again, and given up when it answers none of the probes.
import { close } from "./close.js";
import { count, nanosPerTick, type Tcp } from "./tcp.js";
import { transmitAck, transmitReset } from "./transmit.js";

/** Seconds (TCP_KEEPIDLE, TCP_KEEPINTVL), and how many probes may go unanswered (TCP_KEEPCNT). */
export interface KeepAlive {
  readonly idle: number;
  readonly interval: number;
  readonly probes: number;
}

const ticksOf = (seconds: number): number => Math.ceil((seconds * 1e9) / nanosPerTick);

/** What is in flight or waits has a timer of its own. */
const isBusy = ({ packetsOut, writeQueue }: Tcp): boolean => packetsOut > 0 || writeQueue.length > 0;

export function keepAlive(tcp: Tcp, { idle, interval, probes }: KeepAlive): void {
  const { wheel, engine, softirq } = tcp.world;
  /** Returns how long to wait, ticks; undefined: it is over. */
  const next = (): number | undefined => {
    if (isBusy(tcp)) return ticksOf(idle);
    const silent = Math.floor((engine.now() - tcp.heardAt) / nanosPerTick);
    if (silent < ticksOf(idle)) return ticksOf(idle) - silent;
    if (tcp.probesOut >= probes) {
      transmitReset(tcp);
      count(tcp, "TCPAbortOnTimeout");
      tcp.world.note(tcp.side, "given-up");
      close(tcp, "ETIMEDOUT");
      return undefined;
    }
    tcp.probesOut += 1;
    count(tcp, "TCPKeepAlive");
    tcp.world.note(tcp.side, "keep-alive-probe");
    transmitAck(tcp, tcp.sndUna - 1);
    return ticksOf(interval);
  };
  const arm = (ticks: number): void => {
    wheel.armTicks(ticks, () =>
      softirq.raise(() => {
        const wait = tcp.isClosed ? undefined : next();
        if (wait !== undefined) arm(wait);
      }),
    );
  };
  arm(ticksOf(idle));
}
