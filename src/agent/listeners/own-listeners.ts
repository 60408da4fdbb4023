// The process's own listening sockets: which they are, and their queues at this moment by descriptor
// (TCP_INFO, SO_MEMINFO; unix: one exact unix_diag query). Identity is the cookie, a descriptor only leads to it.
import type { Diag } from "../../kernel/diag.js";
import { loopOfListeners } from "../../kernel/loops.js";
import type { SocketReading } from "../../kernel/socket-reading.js";
import { rowLayout } from "../../kernel/socket-row.js";
import { SocketTable } from "../../kernel/socket-table.js";
import { readSockets } from "../../kernel/sockets.js";
import type { SocketWalk } from "../../kernel/walk.js";
import type { ListenerReading } from "../../snapshot/snapshot.js";
import type { KnownServer } from "../messages.js";
import type { OurSockets } from "../shown/our-sockets.js";
import { readSlot } from "./server-slots.js";

/** What does not change while the socket lives, and what was learnt of it. */
export interface OwnListener {
  readonly cookie: bigint;
  readonly fd: number;
  readonly inode?: number | undefined;
  readonly transport: "tcp" | "unix";
  readonly family?: "ipv4" | "ipv6" | undefined;
  readonly address?: string | undefined;
  readonly port?: number | undefined;
  readonly path?: string | undefined;
  /** The loop whose epoll watches it; looked up until it is found. */
  loop?: number | undefined;
  /** What the main thread knows of the server on this descriptor. */
  server?: KnownServer | undefined;
  /** Another process with an agent reports this shared socket. */
  reportedElsewhere: boolean;
}

export interface OwnListeners {
  readonly all: readonly OwnListener[];
  /** Those that this process reports. */
  readonly reported: readonly OwnListener[];
  /** Takes over what a walk of the descriptors found; returns the listeners that are new. */
  found(walk: SocketWalk, at: number): readonly OwnListener[];
  listening(server: KnownServer): void;
  closed(fd: number): void;
  /** Their queues now. One that has gone is forgotten, and `lost` becomes true until the next walk. */
  read(diag: Diag | undefined): readonly ListenerReading[];
  /** The same, but the very array of the last reading where the kernel's bytes are the same. */
  reread(diag: Diag | undefined): readonly ListenerReading[];
  /** The last reading, where all of it can be read again by descriptor alone. */
  readonly plain: readonly ListenerReading[] | undefined;
  readonly lost: boolean;
  /** Where the main thread counts for this listener. */
  slotOf(cookie: bigint): number | undefined;
}

const tableRoom = 16;
/** libuv puts a new listener into its epoll in the next turn; some (held for others) never are in one. */
const loopsEveryMs = 1000;

export const createOwnListeners = (
  slots: SharedArrayBuffer,
  servers: readonly KnownServer[],
  ours: OurSockets,
): OwnListeners => {
  const listeners = new Map<bigint, OwnListener>();
  const known = new Map<number, KnownServer>(servers.map((server) => [server.fd, server]));
  const table = new SocketTable(tableRoom);
  let reported: readonly OwnListener[] = [];
  let lost = false;
  let fds = new Int32Array();
  let lastBytes = new Uint8Array();
  let last: readonly ListenerReading[] | undefined;
  let loopsAt = Number.NEGATIVE_INFINITY;

  const forget = (listener: OwnListener): void => {
    listeners.delete(listener.cookie);
    lost = true;
  };
  const findLoops = (at: number, fresh: boolean): void => {
    const without = [...listeners.values()].filter(({ loop }) => loop === undefined);
    if (without.length === 0 || !(fresh || at - loopsAt >= loopsEveryMs)) return;
    loopsAt = at;
    const loops = loopOfListeners(without.map(({ fd }) => fd));
    for (const listener of without) listener.loop = loops.get(listener.fd);
  };

  return {
    get all() {
      return [...listeners.values()];
    },
    get reported() {
      return reported;
    },
    get plain() {
      return lost ? undefined : last;
    },
    get lost() {
      return lost;
    },
    found(walk, at) {
      const fresh: OwnListener[] = [];
      const seen = new Set<bigint>();
      for (const row of walk) {
        const listener = row.listening && row.valid ? describe(row) : undefined;
        // One socket can be open under several descriptors; the first found stands for it.
        if (!listener || ours.has(listener.cookie) || seen.has(listener.cookie)) continue;
        seen.add(listener.cookie);
        if (listeners.get(listener.cookie)?.fd === listener.fd) continue;
        listeners.set(listener.cookie, listener);
        fresh.push(listener);
      }
      if (!walk.partial) for (const cookie of listeners.keys()) if (!seen.has(cookie)) listeners.delete(cookie);
      for (const listener of listeners.values()) listener.server = known.get(listener.fd) ?? listener.server;
      lost = false;
      last = undefined;
      findLoops(at, fresh.length > 0);
      return fresh;
    },
    slotOf: (cookie) => listeners.get(cookie)?.server?.slot,
    listening: (server) => void known.set(server.fd, server),
    closed(fd) {
      known.delete(fd);
      for (const listener of listeners.values()) if (listener.fd === fd) listener.server = undefined;
    },
    read(diag) {
      reported = [...listeners.values()].filter(({ reportedElsewhere }) => !reportedElsewhere);
      const tcp = reported.filter(({ transport }) => transport === "tcp");
      fds = Int32Array.from(tcp, ({ fd }) => fd);
      const rows = readSockets(fds, { readings: queueReadings, into: table });
      const readings: ListenerReading[] = [];
      tcp.forEach((listener, index) => {
        const row = index < rows.length ? rows.row(index) : undefined;
        const queue = row && tcpQueue(row, listener.cookie);
        if (queue) readings.push({ ...identity(listener, slots), ...queue });
        else forget(listener);
      });
      for (const listener of reported) {
        if (listener.transport === "tcp") continue;
        const queue = listener.inode === undefined ? undefined : diag?.unixListener(listener.inode);
        if (queue) readings.push({ ...identity(listener, slots), length: queue.length, limit: queue.limit });
        else if (diag) forget(listener);
      }
      // Of a unix listener no bytes are at hand to compare.
      last = fds.length === reported.length && !lost ? readings : undefined;
      lastBytes = table.bytes.slice(0, bytesOf(table));
      return readings;
    },
    reread(diag) {
      if (!last) return this.read(diag);
      readSockets(fds, { readings: queueReadings, into: table });
      const same = Buffer.compare(table.bytes.subarray(0, bytesOf(table)), lastBytes) === 0;
      return same ? last : this.read(diag);
    },
  };
};

const bytesOf = ({ length }: SocketTable): number => length * rowLayout.stride;

const queueReadings = ["cookieBefore", "tcpInfo", "memInfo", "cookie"] as const;

const tcpQueue = (
  row: SocketReading,
  cookie: bigint,
): Pick<ListenerReading, "length" | "limit" | "drops"> | undefined => {
  return row.valid && row.cookie === cookie ? row.acceptQueue() : undefined;
};

const describe = (row: SocketReading): OwnListener | undefined => {
  const { cookie, domain, fd, inode, local } = row;
  if (cookie === undefined || domain === undefined) return undefined;
  if (domain === "unix") {
    return { cookie, fd, inode, transport: "unix", path: local?.path, reportedElsewhere: false };
  }
  const { address, port } = local ?? {};
  return { cookie, fd, inode, transport: "tcp", family: domain, address, port, reportedElsewhere: false };
};

const identity = (listener: OwnListener, slots: SharedArrayBuffer): Omit<ListenerReading, "length" | "limit"> => {
  const { cookie, transport, family, address, port, path, inode, fd, loop, server } = listener;
  return {
    cookie,
    transport,
    family,
    address,
    port,
    path,
    inode,
    fd,
    loop,
    pid: process.pid,
    listenBacklog: server?.listenBacklog,
    roundRobin: server?.roundRobin || undefined,
    tls: server?.tls || undefined,
    ...(server?.slot === undefined ? {} : readSlot(slots, server.slot)),
  };
};
