// Half-open connections: request sockets with their SYN-ACK timers (net/ipv4/inet_connection_sock.c, reqsk_timer_handler).
import type { Client } from "./client.js";
import type { Timer, TimerWheel } from "../timer-wheel.js";

export interface Request {
  readonly client: Client;
  /** The third segment has come: it found the accept queue full, or data is awaited (TCP_DEFER_ACCEPT). */
  acked: boolean;
  timeouts: number;
  timer?: Timer | undefined;
}

export interface SynQueue {
  length(): number;
  residents(): readonly Request[];
  add(client: Client): void;
  remove(request: Request): void;
}

interface Options {
  readonly wheel: TimerWheel;
  readonly limit: number;
  /** tcp_synack_retries. */
  readonly retries: number;
  /** So many timeouts long data is awaited of a client that has answered. */
  readonly deferTimeouts: number;
  /** Requests that came (1) or went (-1). */
  readonly onChange: (count: number) => void;
  readonly sendSynAck: (client: Client) => void;
}

const initialTimeout = 1;
const maxTimeout = 120;
/** Under pressure old requests go, but not before so many SYN-ACKs were repeated. */
const fewestRetries = 2;
const pressureFloor = 8;

export function createSynQueue({ wheel, limit, retries, deferTimeouts, ...options }: Options): SynQueue {
  const requests = new Set<Request>();
  let young = 0;

  /** More than half full: requests that have timed out make room for young ones. */
  const retriesAllowed = (): number => {
    let allowed = retries;
    if (2 * requests.size <= Math.max(pressureFloor, limit)) return allowed;
    for (let youth = 2 * young; allowed > fewestRetries && requests.size >= youth; youth *= 2) allowed -= 1;
    return allowed;
  };

  const remove = (request: Request): void => {
    if (request.timer) wheel.cancel(request.timer);
    requests.delete(request);
    options.onChange(-1);
    if (request.timeouts === 0) young -= 1;
    request.client.request = undefined;
  };

  /** While data is awaited nothing is repeated, but at the end of it once more (syn_ack_recalc). */
  const isExpired = ({ timeouts, acked }: Request): boolean =>
    timeouts >= retriesAllowed() && (!acked || timeouts >= deferTimeouts);
  const isRepeated = ({ timeouts, acked }: Request): boolean => !acked || timeouts >= deferTimeouts - 1;

  const arm = (request: Request): void => {
    const timeout = Math.min(initialTimeout * 2 ** request.timeouts, maxTimeout);
    request.timer = wheel.arm(timeout, () => {
      if (isExpired(request)) {
        remove(request);
        return;
      }
      if (isRepeated(request)) options.sendSynAck(request.client);
      if (request.timeouts === 0) young -= 1;
      request.timeouts += 1;
      arm(request);
    });
  };

  return {
    length: () => requests.size,
    residents: () => [...requests],
    add: (client) => {
      const request: Request = { client, acked: false, timeouts: 0 };
      client.request = request;
      requests.add(request);
      options.onChange(1);
      young += 1;
      arm(request);
    },
    remove,
  };
}
