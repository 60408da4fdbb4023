// The clients' local ports: one for each connection to the listener's address (inet_csk_get_port, __inet_check_established),
// and one that the clients closed holds it in TIME-WAIT for a minute more (TCP_TIMEWAIT_LEN).
import { type Engine, priority, toNanos } from "../engine.js";

const timeWait = toNanos(60);

export interface LocalPorts {
  readonly range: number;
  inUse(): number;
  timeWait(): number;
  /** For a connect(); false: none is free. */
  take(): boolean;
  /** The connection has ended; `isClosed`: in order. */
  release(isClosed: boolean): void;
}

export function createLocalPorts(engine: Engine, range: number = Number.POSITIVE_INFINITY): LocalPorts {
  let [open, waiting] = [0, 0];
  return {
    range,
    inUse: () => open + waiting,
    timeWait: () => waiting,
    take: () => {
      if (open + waiting >= range) return false;
      open += 1;
      return true;
    },
    release: (isClosed) => {
      open -= 1;
      if (!isClosed || range === Number.POSITIVE_INFINITY) return;
      waiting += 1;
      engine.at(engine.now() + timeWait, priority.timer, () => {
        waiting -= 1;
      });
    },
  };
}
