// The sockets of the watched processes that are worth a look, by sock_diag dumps (sock_diag(7)). A dump walks the
// namespace's whole table: a filter in the kernel keeps foreign sockets short, and a look has to earn its interval.
import { createBudget } from "../../agent/pace.js";
import { connectionOfDiag, type Diag, type DumpFilter, type InetDiagSocket } from "../../kernel/index.js";
import type { ConnectionReading, ConnectionsReading } from "../../snapshot/connection.js";
import type { AgentSockets } from "./agent-sockets.js";
import { groupBy } from "./group-by.js";
import type { Holders } from "./holders.js";
import { createPeers } from "./peers.js";
import { createShown } from "./shown.js";

/** By process; `undefined`: whose they are is not known. */
export type Looks = ReadonlyMap<number | undefined, ConnectionsReading>;

export interface ConnectionLook {
  /** `undefined`: it is not time for a look. `ports`: those of the listeners. */
  read(ports: ReadonlySet<number>): Looks | undefined;
}

/** The part of a core that looks may take, and how often they are wanted. */
const share = 0.01;
const everyMs = 200;
/** New sockets are looked for among all, bare, so often. */
const findEveryMs = 1000;
/** More ports than this are not worth a filter: each is compared with each socket. */
const mostPorts = 200;

/** Rows of a process: the explainer follows no more. */
const mostRows = 4096;

interface Gathered {
  readonly inode: number;
  readonly port: number;
  readonly state: string;
  readonly row: ConnectionReading | undefined;
}

export interface LookOptions {
  /** Only sockets of this local port. */
  readonly port?: number | undefined;
  /** Only those that are held by a watched process: their ports are found first, then only these are asked for. */
  readonly holdersOnly: boolean;
  readonly tcpRetries2?: number | undefined;
  /** Whose sockets are left out. */
  readonly agents?: AgentSockets | undefined;
  /** However dear a look is, it is taken so often: a watch that ends soon needs some. */
  readonly leastEveryMs: number;
}

type Ports = NonNullable<DumpFilter["anyPorts"]>;

/** Which ports the sockets of the watched processes use: their own where they serve, the other end's where they do not. */
const portsOf = (diag: Diag, holders: Holders, serving: ReadonlySet<number>): Ports => {
  const local = new Set(serving);
  const remote = new Set<number>();
  diag.each({ attributes: [] }, (socket) => {
    if (local.has(socket.localPort) || socket.inode === 0 || !holders.of(socket.inode)) return;
    remote.add(socket.remotePort);
  });
  return { local: [...local], remote: [...remote] };
};

export const createConnectionLook = (diag: Diag, holders: Holders, options: LookOptions): ConnectionLook => {
  const now = (): number => performance.now();
  const looks = createBudget(share);
  const finds = createBudget(share);
  const shown = createShown();
  const peers = createPeers(diag);
  let used: Ports | undefined;
  let lookedAt = Number.NEGATIVE_INFINITY;

  /** `undefined`: the watched processes have no TCP socket. */
  const filterOf = (serving: ReadonlySet<number>): DumpFilter | undefined => {
    if (options.port !== undefined) return { localPorts: [options.port] };
    if (!options.holdersOnly) return {};
    if (!used || finds.isDue(now(), findEveryMs)) used = finds.spend(now(), () => portsOf(diag, holders, serving));
    const { local, remote } = used;
    const ports = local.length + remote.length;
    return ports === 0 ? undefined : ports > mostPorts ? {} : { anyPorts: used };
  };

  const isForeign = (inode: number): boolean => options.holdersOnly && !holders.of(inode);

  /** Every socket that may be watched, with its row where it is worth one. */
  const gather = (serving: ReadonlySet<number>, filter: DumpFilter | undefined, at: number): readonly Gathered[] => {
    const gathered: Gathered[] = [];
    const take = (socket: InetDiagSocket, transport: "tcp" | "udp"): void => {
      const { inode, state, localPort } = socket;
      if (inode === 0 || state === "LISTEN" || isForeign(inode)) return;
      peers.see(socket);
      const role = serving.has(localPort) ? ("server" as const) : ("client" as const);
      const row = shown.wants(socket, transport, at) ? { ...connectionOfDiag(socket, transport), role } : undefined;
      gathered.push({ inode, port: localPort, state: transport === "udp" ? "udp" : state, row });
    };
    peers.begin();
    if (filter) diag.each({ ...filter, attributes: ["info", "memInfo", "congestion"] }, (one) => take(one, "tcp"));
    const atPort = options.port === undefined ? {} : { localPorts: [options.port] };
    diag.each({ ...atPort, protocol: "udp", attributes: ["memInfo"] }, (one) => take(one, "udp"));
    shown.forget(at);
    return gathered;
  };

  const look = (serving: ReadonlySet<number>, filter: DumpFilter | undefined): Looks => {
    const gathered = gather(serving, filter, now());
    holders.refresh(() => gathered.map(({ inode }) => inode));
    const known = gathered.filter(({ inode, port }) => {
      const holder = holders.of(inode);
      return holder && !options.agents?.has(holder.pid, { port });
    });
    const byPid = groupBy(known, ({ inode }) => holders.of(inode)?.pid);
    return new Map(
      [...byPid].map(([pid, sockets]) => {
        const rows = sockets.flatMap(({ row, inode }) => (row ? [{ ...row, ...holders.of(inode) }] : []));
        const counts: Record<string, number> = {};
        for (const { state } of sockets) counts[state] = (counts[state] ?? 0) + 1;
        const total = sockets.length;
        const reading = { rows: rows.slice(0, mostRows), counts, read: total, total };
        return [pid, { ...reading, tcpRetries2: options.tcpRetries2, peers: peers.of(rows) }];
      }),
    );
  };

  return {
    read: (serving) => {
      const at = now();
      if (!looks.isDue(at, everyMs) && at - lookedAt < options.leastEveryMs) return undefined;
      lookedAt = at;
      // Finding the ports is paid for by itself.
      const filter = filterOf(serving);
      const found = looks.spend(at, () => look(serving, filter));
      const pauseMs = Math.max(everyMs, Math.min(looks.pauseMs, options.leastEveryMs));
      return new Map([...found].map(([pid, reading]) => [pid, { ...reading, pauseMs }]));
    },
  };
};
