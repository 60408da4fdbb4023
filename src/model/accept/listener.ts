// A listening socket: what each arriving segment does to the SYN queue, the accept queue and the counters
// (net/ipv4/tcp_input.c tcp_conn_request; tcp_minisocks.c tcp_check_req; syncookies.c cookie_v4_check).
import { type AcceptQueue, type Connection, createAcceptQueue } from "./accept-queue.js";
import type { Client } from "./client.js";
import { type Cookies, createCookies } from "./cookies.js";
import type { ModelCounters } from "../counters.js";
import type { Engine } from "../engine.js";
import type { Link } from "./link.js";
import { halfOpenBytes, type Ledger, queuedBytes } from "./memory.js";
import { createSynQueue, type Request, type SynQueue } from "./syn-queue.js";
import type { ModelSysctls } from "../sysctl.js";
import type { TimerWheel } from "../timer-wheel.js";

export interface ListenerStats {
  readonly counters: ModelCounters;
  /** Segments dropped at this listener (sk_drops, SO_MEMINFO[8]). */
  drops: number;
  admitted: number;
  accepted: number;
}

export interface Listener {
  readonly limit: number;
  readonly stats: Readonly<ListenerStats>;
  readonly acceptQueue: Omit<AcceptQueue, "push" | "shift">;
  synQueueLength(): number;
  requests(): readonly Request[];
  /** Segments from a client. */
  syn(client: Client): void;
  ack(client: Client, bytes: number): void;
  fin(client: Client): void;
  reset(client: Client): void;
  /** accept(2) that does not block. */
  accept(): Connection | undefined;
  /** close(2): whoever waits is reset. */
  close(): void;
  isClosed(): boolean;
  /** `onReadable` is called whenever a connection was queued: the poller's readiness. */
  watch(onReadable: () => void): void;
}

export interface ListenerOptions {
  readonly engine: Engine;
  readonly wheel: TimerWheel;
  readonly link: Link;
  readonly sysctl: ModelSysctls;
  readonly limit: number;
  /** Requests that the SYN queue holds at most. */
  readonly synQueueHolds: number;
  /** So many SYN-ACK timeouts long bare ACKs are not enough (TCP_DEFER_ACCEPT). */
  readonly deferTimeouts: number;
  readonly counters: ModelCounters;
  readonly memory: Ledger;
  /** Connections are numbered in the order of their admission. */
  readonly nextSerial: () => number;
}

interface Parts extends ListenerOptions {
  readonly stats: ListenerStats;
  readonly queue: AcceptQueue;
  readonly requests: SynQueue;
  readonly readers: (() => void)[];
  readonly cookies: Cookies;
  closed: boolean;
}

const dropSegment = ({ stats }: Parts): void => {
  stats.counters.ListenDrops += 1;
  stats.drops += 1;
};

const overflow = (parts: Parts): void => {
  parts.stats.counters.ListenOverflows += 1;
  dropSegment(parts);
};

const sendReset = ({ stats, link }: Parts, client: Client): void => {
  stats.counters.OutRsts += 1;
  link.toClients(() => client.host.reset(client));
};

const admit = (parts: Parts, client: Client, bytes: number): void => {
  const { stats, queue, engine, link, memory } = parts;
  stats.admitted += 1;
  const connection: Connection = {
    client,
    serial: parts.nextSerial(),
    queuedAt: engine.now(),
    receivedBytes: bytes,
    peerClosed: false,
  };
  client.connection = connection;
  queue.push(connection);
  memory.add(queuedBytes(bytes));
  if (bytes > 0) link.toClients(() => client.host.acked(client));
  for (const onReadable of parts.readers) onReadable();
};

const answer = ({ link }: Parts, client: Client): void => link.toClients(() => client.host.synAck(client));

const synVerdicts = {
  refuse: sendReset,
  repeat: answer,
  drop: dropSegment,
  overflow,
  cookie: (parts: Parts, client: Client): void => {
    parts.stats.counters.SyncookiesSent += 1;
    parts.cookies.send(client);
    answer(parts, client);
  },
  request: (parts: Parts, client: Client): void => {
    parts.requests.add(client);
    answer(parts, client);
  },
} satisfies Record<string, (parts: Parts, client: Client) => void>;

/** The SYN queue is looked at first, the accept queue second; both may count for one SYN (tcp_conn_request). */
const judgeSyn = (
  { stats, queue, requests, synQueueHolds, sysctl, closed }: Parts,
  client: Client,
): keyof typeof synVerdicts => {
  const { tcp_syncookies: cookies, tcp_max_syn_backlog: most } = sysctl;
  if (closed) return "refuse";
  if (client.request) return "repeat";
  const isSynQueueFull = cookies === 2 || requests.length() >= synQueueHolds;
  if (isSynQueueFull) stats.counters[cookies === 0 ? "TCPReqQFullDrop" : "TCPReqQFullDoCookies"] += 1;
  if (isSynQueueFull && cookies === 0) return "drop";
  if (queue.isFull()) return "overflow";
  if (isSynQueueFull) return "cookie";
  // Without cookies the last quarter of tcp_max_syn_backlog is kept for peers that are known.
  return cookies === 0 && most - requests.length() < most >> 2 ? "drop" : "request";
};

/** The third segment, or data, on a half-open connection (tcp_check_req). */
const onRequestAck = (parts: Parts, client: Client, request: Request, bytes: number): void => {
  const { stats, queue, requests, sysctl, deferTimeouts } = parts;
  if (bytes === 0 && request.timeouts < deferTimeouts) {
    request.acked = true;
    stats.counters.TCPDeferAcceptDrop += 1;
    stats.drops += 1;
    return;
  }
  if (!queue.isFull()) {
    requests.remove(request);
    stats.counters.PassiveOpens += 1;
    admit(parts, client, bytes);
    return;
  }
  overflow(parts);
  // Counted a second time where the segment itself is thrown away (tcp_v4_rcv, discard_and_relse).
  stats.drops += 1;
  request.acked = true;
  if (sysctl.tcp_abort_on_overflow === 0) return;
  requests.remove(request);
  stats.counters.EmbryonicRsts += 1;
  sendReset(parts, client);
};

/** A segment whose only trace is the cookie in it (cookie_v4_check). */
const onCookieAck = (parts: Parts, client: Client, bytes: number): void => {
  const { counters } = parts.stats;
  const verdict = parts.cookies.check(client);
  if (verdict === "failed") counters.SyncookiesFailed += 1;
  if (verdict === "valid") counters.SyncookiesRecv += 1;
  if (verdict !== "valid") sendReset(parts, client);
  else if (parts.queue.isFull()) overflow(parts);
  else admit(parts, client, bytes);
};

const onAck = (parts: Parts, client: Client, bytes: number): void => {
  const { connection } = client;
  if (connection) {
    const received = Math.max(connection.receivedBytes, bytes);
    const more = queuedBytes(received) - queuedBytes(connection.receivedBytes);
    if (client.acceptedAt === undefined) parts.memory.add(more);
    connection.receivedBytes = received;
    if (bytes > 0) parts.link.toClients(() => client.host.acked(client));
  } else if (parts.closed) sendReset(parts, client);
  else if (client.request) onRequestAck(parts, client, client.request, bytes);
  else onCookieAck(parts, client, bytes);
};

const onReset = ({ stats, requests }: Parts, client: Client): void => {
  if (!client.request) return;
  requests.remove(client.request);
  stats.counters.EmbryonicRsts += 1;
  stats.counters.AttemptFails += 1;
};

const close = (parts: Parts): void => {
  parts.closed = true;
  for (let resident = parts.queue.shift(); resident; resident = parts.queue.shift()) {
    parts.memory.add(-queuedBytes(resident.receivedBytes));
    resident.client.connection = undefined;
    parts.stats.counters.EstabResets += 1;
    sendReset(parts, resident.client);
  }
};

const accept = ({ queue, stats, memory }: Parts): Connection | undefined => {
  const connection = queue.shift();
  if (!connection) return undefined;
  stats.accepted += 1;
  memory.add(-queuedBytes(connection.receivedBytes));
  connection.client.host.accepted(connection.client);
  return connection;
};

export function createListener(options: ListenerOptions): Listener {
  const { engine, wheel, limit, sysctl, deferTimeouts, counters, memory } = options;
  const sendSynAck = (client: Client): void => answer(parts, client);
  const parts: Parts = {
    ...options,
    stats: { counters, drops: 0, admitted: 0, accepted: 0 },
    queue: createAcceptQueue(limit),
    requests: createSynQueue({
      wheel,
      limit,
      retries: sysctl.tcp_synack_retries,
      deferTimeouts,
      sendSynAck,
      onChange: (count) => memory.add(count * halfOpenBytes),
    }),
    cookies: createCookies(engine, sysctl.tcp_syncookies !== 0),
    closed: false,
    readers: [],
  };
  return {
    limit,
    stats: parts.stats,
    acceptQueue: parts.queue,
    synQueueLength: parts.requests.length,
    requests: parts.requests.residents,
    syn: (client) => synVerdicts[judgeSyn(parts, client)](parts, client),
    ack: (client, bytes) => onAck(parts, client, bytes),
    fin: ({ connection }) => {
      if (connection) connection.peerClosed = true;
    },
    reset: (client) => onReset(parts, client),
    accept: () => accept(parts),
    close: () => close(parts),
    isClosed: () => parts.closed,
    watch: (onReadable) => {
      parts.readers.push(onReadable);
    },
  };
}
